"""The command that starts the worker in a container of Docker or Podman, and what ends it."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coursework import BOOK, ROOMS
from coursework.mode import ENVIRONMENT, HERE, INSIDE, Limits, Mode

IMAGE = "coursework-sandbox"


@dataclass(frozen=True)
class Container(Mode):
    """A container of Docker or Podman."""

    mode = "container"
    image: str = IMAGE

    def lacks(self) -> str | None:
        """Say that neither answers, or that the image is not built."""
        if engine() is None:
            return "not installed, or not running"
        if not has_image(self.image):
            return f"the image {self.image} is not built (coursework/Containerfile)"
        return None

    def command(self, name: str) -> list[str]:
        """Return the command that starts the worker."""
        return command(name, self.image, self.limits, self.files, self.lib)

    def end(self, process: subprocess.Popen[bytes], name: str, folder: str) -> None:
        """End the container, which may outlive the command that started it."""
        super().end(process, name, folder)
        remove(name)


def command(name: str, image: str, limits: Limits, files: tuple[str, ...], lib: bool) -> list[str]:
    """Return the command; `name` is what the container is called."""
    command = [
        str(engine()),
        "run",
        "--rm",
        "--name",
        name,
        "--interactive",
        "--pull",
        "never",
    ]
    command += ["--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534:65534"]
    command += ["--security-opt", "no-new-privileges", "--pids-limit", str(limits.processes)]
    command += ["--memory", str(limits.memory)]
    for folder in ("/tmp", "/work"):
        command += ["--tmpfs", f"{folder}:rw,mode=1777,size={limits.folder}"]
    mounts = {HERE / name: f"/sandbox/{name}" for name in INSIDE}
    if lib:
        mounts |= {BOOK / room: f"/sandbox/lib/{room}" for room in ROOMS}
    mounts |= {Path(path): f"/work/{Path(path).name}" for path in files}
    for outside, inside in mounts.items():
        command += ["--volume", f"{outside}:{inside}:ro"]
    for name, value in ENVIRONMENT.items():
        if name != "PATH":
            command += ["--env", f"{name}={value}"]
    # `timeout`, so that none outlives a grader that was killed.
    until = ["timeout", "--signal=KILL", str(int(2 * limits.total))]
    python = ["python", "-P", "-s", "-B", "/sandbox/worker.py"]
    return [*command, "--workdir", "/work", image, *until, *python]


@lru_cache
def engine() -> str | None:
    """Return the first of Docker and Podman that answers."""
    for name in ("docker", "podman"):
        path = shutil.which(name)
        if path and _answers([path, "info"]):
            return path
    return None


def _answers(command: list[str]) -> bool:
    try:
        run = subprocess.run(command, capture_output=True, check=False, timeout=20)
    except (subprocess.TimeoutExpired, OSError):
        return False
    return run.returncode == 0


def has_image(image: str) -> bool:
    """Is there an image of this name?"""
    return _answers([str(engine()), "image", "inspect", image])


def remove(name: str) -> None:
    """Remove a container that may outlive the command that started it."""
    command = [str(engine()), "rm", "--force", name]
    subprocess.run(command, capture_output=True, check=False, timeout=60)
