"""A disk of its own for the installation, small enough to be filled: a file system in memory, on Linux as root."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE_MB = 3000


class SmallDisk:
    """A mounted folder. `full` takes all that is free on it for a while."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def full(self) -> Iterator[None]:
        """Nothing more can be written inside."""
        ballast = self.folder / "ballast"
        with ballast.open("wb") as file:
            _take_everything(file.fileno(), self.folder)
        try:
            yield
        finally:
            ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk | None]:
    """Mounts one on the folder until the end; None where this machine does not let us. What was on it stays."""
    if not can_mount():
        yield None
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)], check=True)  # noqa: S603, S607
    try:
        yield SmallDisk(folder)
    finally:
        kept = _copied(folder)
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607
        folder.rmdir()
        kept.rename(folder)


def _copied(folder: Path) -> Path:
    """Whoever looks for what went wrong finds the databases and logs where they were."""
    return Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-kept"), ignore_dangling_symlinks=True))


def can_mount() -> bool:
    """Whether this process may mount file systems."""
    return sys.platform == "linux" and os.geteuid() == 0


def _take_everything(file: int, folder: Path) -> None:
    free = os.statvfs(folder)
    size = free.f_bavail * free.f_frsize
    while size:
        try:
            os.posix_fallocate(file, os.fstat(file).st_size, size)
        except OSError:
            size //= 2
