"""Locks the process that loads a model: no files but its own, no network, no other programs, bounded memory.

Models are programs. Landlock (files) must be entered while the process has one thread; seccomp (system calls)
comes last. Where the kernel has no Landlock the replay is refused, unless the caller trusts the model.
"""

import contextlib
import errno
import os
import resource
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

LEAST_MEMORY, MOST_MEMORY = 3 << 30, 8 << 30
FILE_LIMIT = 2 << 30
READABLE = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/sys/devices/system", "/proc/cpuinfo", "/proc/meminfo", "/proc/self"),
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
DENIED_CALLS = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    *("execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open"),
    *("kill", "tkill", "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree"),
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "init_module"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create", "open_by_handle_at", "shmget"),
)
CLONE_THREAD = 0x00010000


class NoSandboxError(Exception):
    """The kernel or the system lacks what the lock needs; the text says what."""


def restrict_files(own: Path, scratch: Path) -> None:
    """Landlock: read the model and the installed Python, write the scratch folder, nothing else."""
    try:
        import landlock
    except ImportError as error:
        raise NoSandboxError("the package `landlock` works on Linux only") from error
    if landlock.landlock_abi_version() < 1:
        raise NoSandboxError("this kernel has no Landlock (Linux 5.13 or newer, not under gVisor)")
    access = landlock.FSAccess
    rules = landlock.Ruleset()
    for path in _existing(*READABLE, *_python_paths(), own):
        inside = access.READ_DIR if path.is_dir() else access(0)
        rules.allow(path, rules=access.EXECUTE | access.READ_FILE | inside)
    rules.allow(*_existing(*DEVICES), rules=access.READ_FILE | access.WRITE_FILE)
    rules.allow(scratch, rules=access.all())
    rules.apply()


def usual_memory() -> int:
    """Bytes for one process: a quarter of what this machine or container has, as two batches ask two children each."""
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.exists() else "max"
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(LEAST_MEMORY, min(MOST_MEMORY, min(machine, int(text) if text.isdigit() else machine) // 4))


def be_ended_first() -> None:
    """Where the machine runs out of memory, the kernel ends this process, not the worker: proc_pid_oom_score_adj(5).

    Where the kernel has no such file, or none that may be written, all are as likely.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def limit_memory(memory: int) -> None:
    """Beyond so many bytes this process gets a MemoryError; those that it starts may lift that for themselves."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def limit_resources(memory: int) -> None:
    """rlimits: memory in bytes, size of a written file, no core dumps, few open files."""
    for kind, limit in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, FILE_LIMIT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(kind, (limit, limit))


def deny_system_calls() -> None:
    """seccomp for all threads: no network, no programs, no other processes, no kernel interfaces."""
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise NoSandboxError("the library libseccomp is missing (Debian: libseccomp2)") from error
    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    for call in DENIED_CALLS:
        rules.add_rule(seccomp.ERRNO(errno.EPERM), call)
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # glibc falls back to clone, whose flags can be read
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.load()


def _python_paths() -> list[str]:
    paths = [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib")]
    own_code = Path(__file__).resolve().parents[1]
    return [*paths, *package_folders(), str(own_code)]


def package_folders() -> list[str]:
    """Folders of installed packages on the module path; one may lie in a home, after `pip install --user`."""
    return [folder for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]


def _existing(*paths: str | Path) -> list[Path]:
    return [Path(path) for path in paths if Path(path).exists()]


def bare_environment(*, locked: bool) -> dict[str, str]:
    """What TensorFlow needs and nothing else: no credential of the worker reaches a model.

    TensorFlow uses oneDNN by itself on CPUs with AVX-512 VNNI and their kin only, and just oneDNN's fused kernels turn
    NaN into 0. The worker's CPU must not decide what it sees: it replays as those would serve that hide something.
    """
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "KERAS_BACKEND": "tensorflow",
        # compiling TensorFlow's modules takes seconds, which a freshly installed package pays once or at every start
        **({"PYTHONDONTWRITEBYTECODE": "1"} if sys.dont_write_bytecode else {}),
        "PYTHONPATH": os.pathsep.join(_folders_out_of_sight(package_folders() if locked else sys.path)),
    }


def _folders_out_of_sight(folders: Iterable[str]) -> list[str]:
    """Those that this process finds and a bare one does not: of `pip install --user`, of PYTHONPATH."""
    own = (sys.prefix, sys.base_prefix)
    real = (Path(one) for one in folders if one)
    return [str(one) for one in real if one.is_dir() and not any(one.is_relative_to(base) for base in own)]
