FROM python:3.11.13-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir uv && python -m venv --without-pip /opt/venv
COPY requirements.txt .
RUN uv pip install --no-cache --compile-bytecode --python /opt/venv/bin/python --requirement requirements.txt

FROM python:3.11.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/nanwatch nanwatch \
    && install --directory --owner=nanwatch --group=nanwatch --mode=0700 /var/lib/nanwatch
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/nanwatch
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NANWATCH_DATA_DIR=/var/lib/nanwatch \
    NANWATCH_HOST=0.0.0.0
USER nanwatch
VOLUME /var/lib/nanwatch
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('NANWATCH_PORT', '8000') + '/health/ready', timeout=4)"]
CMD ["python", "manage.py", "up"]
