.PHONY: setup up test quick check lock dist clean chromium
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --requirement
# the machine's own certificates, as pip uses them
export UV_SYSTEM_CERTS ?= true
TWO_AT_A_TIME := --numprocesses=2 --dist=loadfile
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links

setup: .venv/installed

up: setup
	exec $(BIN)/python manage.py up --demo

# hundreds of processes import the same modules: they keep what they compile, whatever the machine's habit
test quick: export PYTHONDONTWRITEBYTECODE :=

# on SQLite, then on PostgreSQL and Redis where they answer on 127.0.0.1 (in CI they must); TensorFlow and Chromium have all
# cores to themselves, of the other tests two run at a time
test: .venv/installed-dev chromium
	$(BIN)/python -m pytest $(TWO_AT_A_TIME) -m "not tensorflow and not browser"
	$(BIN)/python -m pytest -m "tensorflow or browser"
	$(BIN)/python -m tests.on_servers $(TWO_AT_A_TIME) -m "servers and not tensorflow and not browser"
	$(BIN)/python -m tests.on_servers -m "servers and tensorflow"

# all that needs neither TensorFlow, Chromium nor a database, on all cores and with fewer examples a property
quick: .venv/installed-dev
	$(BIN)/python -m pytest --quiet --numprocesses=auto --dist=worksteal --hypothesis-profile=quick \
		-m "not tensorflow and not browser and not servers"

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .

lock: $(BIN)/uv
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

# the wheels of nantrace and of nanwatch-client, without what an earlier build left behind
dist: $(BIN)/uv
	rm -rf dist distribution/build client/build
	$(BIN)/uv build --quiet --wheel --out-dir dist distribution
	$(BIN)/uv build --quiet --wheel --out-dir dist client

clean:
	rm -rf .venv var dist

chromium:
	tests/install_chromium

.venv/installed: requirements.txt $(BIN)/uv
	$(INSTALL) requirements.txt
	touch $@

# compiled at once: a suite imports TensorFlow in some hundred processes, and not every machine keeps what they compile
.venv/installed-dev: requirements-dev.txt $(BIN)/uv
	$(INSTALL) requirements-dev.txt --compile-bytecode
	touch $@ .venv/installed

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "NaNWatch needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv
