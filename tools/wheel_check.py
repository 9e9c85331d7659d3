"""Build the wheel from the source archive, install it in an empty environment, and judge cases with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# One criterion of the follow-up inspection: seen in the output, the pack was found and its cases were judged.
SIGN_OF_LIFE = "B1"


def main() -> int:
    """Fail with what went wrong, or say that the wheel works."""
    with tempfile.TemporaryDirectory(prefix="rulelang-wheel-") as name:
        folder = Path(name)
        run([sys.executable, "-m", "build", "--outdir", str(folder / "dist"), str(ROOT)], cwd=folder)
        wheel = next((folder / "dist").glob("*.whl"))
        python = empty_environment(folder / "env")
        run([str(python), "-m", "pip", "install", "-q", str(wheel)], cwd=folder)
        # Elsewhere than the checkout, so that nothing of it can be read by accident.
        shutil.copytree(ROOT / "examples" / "gwent" / "followup", folder / "elsewhere" / "followup")
        command = python.with_name("rulelang.exe" if os.name == "nt" else "rulelang")
        said = run(
            [str(command), "check", "gwent", "followup", "--as-at", "2005-03-01"], cwd=folder / "elsewhere"
        )
    if SIGN_OF_LIFE not in said:
        print(said)
        print(f"the wheel ran, but its scorecard does not show {SIGN_OF_LIFE}")
        return 1
    print(f"{wheel.name} works alone: `rulelang check gwent` judged the follow-up inspection")
    return 0


def empty_environment(folder: Path) -> Path:
    """Make a virtual environment with nothing but pip and return its Python."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: Sequence[str], cwd: Path) -> str:
    """Run a command away from the checkout and return its output; show all of it and stop if it fails."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=surroundings, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.stdout.write(done.stdout)
        raise SystemExit(f"`{' '.join(command)}` failed with exit code {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
