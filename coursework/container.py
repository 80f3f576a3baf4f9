"""The command that starts the worker in a container of Docker or Podman, and what ends it."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coursework import BOOK, ROOMS
from coursework.mode import ENVIRONMENT, HERE, INSIDE, Mode

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
        """Return the command that starts the worker; `name` is what the container is called."""
        command = [str(engine()), "run", "--rm", "--name", name, "--interactive"]
        command += ["--pull", "never", "--network", "none", "--read-only", "--cap-drop", "ALL"]
        command += ["--user", "65534:65534", "--security-opt", "no-new-privileges"]
        command += ["--pids-limit", str(self.limits.processes)]
        command += ["--memory", str(self.limits.memory)]
        for folder in ("/tmp", "/work"):
            command += ["--tmpfs", f"{folder}:rw,mode=1777,size={self.limits.folder}"]
        mounts = {HERE / file: f"/sandbox/{file}" for file in INSIDE}
        if self.lib:
            mounts |= {BOOK / room: f"/sandbox/lib/{room}" for room in ROOMS}
        mounts |= {Path(path): f"/work/{Path(path).name}" for path in self.files}
        for outside, inside in mounts.items():
            command += ["--volume", f"{outside}:{inside}:ro"]
        for variable, value in ENVIRONMENT.items():
            if variable != "PATH":
                command += ["--env", f"{variable}={value}"]
        # `timeout`, so that none outlives a grader that was killed.
        until = ["timeout", "--signal=KILL", str(int(2 * self.limits.total))]
        python = ["python", "-P", "-s", "-B", "/sandbox/worker.py"]
        return [*command, "--workdir", "/work", self.image, *until, *python]

    def end(self, process: subprocess.Popen[bytes], name: str, folder: str) -> None:
        """End the container, which may outlive the command that started it."""
        super().end(process, name, folder)
        remove(name)


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
