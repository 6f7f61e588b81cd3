"""Sees to the programs that tests use and pip cannot install: `python -m tests.provision chromium mosquitto`.

Installs what is missing with Debian's apt-get where that is allowed, and packages of Node with npm into the virtual
environment; else prints the one line to run.
It never fails: tests whose program is missing are skipped with that same line.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

UPDATE_LIMIT_S = (
    90  # without a network; the install itself is never cut short, that would leave dpkg half done
)
APT = (
    "apt-get",
    "-q",
    "-y",
    "-o=DPkg::Lock::Timeout=60",
    "-o=Acquire::Retries=2",
    "-o=Acquire::http::Timeout=20",
    "-o=Dpkg::Use-Pty=0",
)

MQTTJS_FOLDER = Path(sys.prefix) / "mqttjs"
MQTTJS = MQTTJS_FOLDER / "node_modules" / "mqtt" / "package.json"
# Packages of Node: where to, and what.
ZPLJS_FOLDER = Path(sys.prefix) / "zpljs"
ZPLJS = ZPLJS_FOLDER / "node_modules" / "zpl-renderer-js" / "package.json"
AXE_FOLDER = Path(sys.prefix) / "axe"
AXE = AXE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
NPM: dict[str, tuple[Path, str]] = {
    "mqttjs": (MQTTJS_FOLDER, "mqtt@5.16.0"),
    "zpljs": (ZPLJS_FOLDER, "zpl-renderer-js@3.4.0"),
    "axe": (AXE_FOLDER, ""),
}
NPM_LOCKS = Path(__file__).with_name("npm")
"""Where a package stands with its hash; one that has a folder here is installed as its lock says."""
NPM_LIMIT_S = 180

# What tests ask for -> (the files that show it is there, any one of each; Debian's packages).
NEEDS: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "chromium": ((("chromium", "chromium-browser", "google-chrome"),), ("chromium", "fonts-liberation")),
    "mosquitto": ((("mosquitto",), ("mosquitto_pub",)), ("mosquitto", "mosquitto-clients")),
    "mqttjs": ((("node", "nodejs"), ("npm",), (str(MQTTJS),)), ("nodejs", "npm")),
    "zpljs": ((("node", "nodejs"), ("npm",), (str(ZPLJS),)), ("nodejs", "npm")),
    "axe": ((("node", "nodejs"), ("npm",), (str(AXE),)), ("nodejs", "npm")),
    "fonts": (
        (("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",),),
        ("fonts-noto-cjk", "fonts-liberation"),
    ),
}


def find_program(*names: str) -> str | None:
    """The path of the first of `names` that is there; Debian keeps brokers in sbin, off a user's PATH."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
    return next((found for name in names if (found := shutil.which(name, os.F_OK, path))), None)


def missing(need: str) -> bool:
    return any(find_program(*names) is None for names in NEEDS[need][0])


def line_to_run(*needs: str) -> str:
    """The one line that installs `needs`."""
    packages = dict.fromkeys(package for need in needs for package in NEEDS[need][1])
    steps = [f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"]
    for need in NPM.keys() & set(needs):
        if not NPM[need][1]:
            steps.append(f"mkdir -p {NPM[need][0]} && cp {NPM_LOCKS / need}/* {NPM[need][0]}")
        steps.append(" ".join(npm_command(need)))
    return " && ".join(steps)


def npm_command(need: str) -> list[str]:
    folder, package = NPM[need]
    what = ["install", package] if package else ["ci"]
    return ["npm", *what, "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]


def npm_install(need: str) -> str:
    """Why it did not work, or nothing."""
    NPM[need][0].mkdir(parents=True, exist_ok=True)
    for each in (NPM_LOCKS / need).glob("package*.json"):
        shutil.copy(each, NPM[need][0])
    try:
        done = subprocess.run(
            npm_command(need), capture_output=True, text=True, timeout=NPM_LIMIT_S, check=False
        )
    except FileNotFoundError:
        return "npm is not there"
    except subprocess.TimeoutExpired:
        return f"npm install took longer than {NPM_LIMIT_S} s"
    return "" if done.returncode == 0 else f"npm install failed: exit {done.returncode}"


def root_prefix() -> list[str] | None:
    """What to put before apt-get: nothing for root, sudo where it asks no password, None if neither goes."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install(needs: list[str], prefix: list[str]) -> str:
    """Why it did not work, or nothing."""
    packages = list(dict.fromkeys(package for need in needs for package in NEEDS[need][1]))
    steps = (["update"], ["install", "--no-install-recommends", *packages])
    for step in steps:
        command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *APT, *step]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=UPDATE_LIMIT_S if step[0] == "update" else None,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"apt-get {step[0]} took longer than {UPDATE_LIMIT_S} s"
        if done.returncode != 0:
            lines = [line for line in done.stdout.splitlines() if line.startswith("E:")]
            return f"apt-get {step[0]} failed: {lines[0] if lines else 'exit ' + str(done.returncode)}"
    return ""


def main(needs: list[str]) -> int:
    unknown = [need for need in needs if need not in NEEDS]
    if unknown:
        sys.stderr.write(f"{Path(__file__).name} knows {', '.join(NEEDS)}, not {', '.join(unknown)}.\n")
        return 2
    why = ""
    for need in NPM.keys() & set(needs):
        if missing(need) and find_program("npm"):
            why = npm_install(need)
    absent = [need for need in needs if missing(need)]
    if not absent:
        return 0
    prefix = root_prefix()
    installed = {(str(path),) for path in (MQTTJS, ZPLJS, AXE)}
    if all(find_program(*names) for need in absent for names in NEEDS[need][0] if names not in installed):
        pass  # only npm's packages are missing, and it has said why
    elif prefix is None:
        why = "apt-get is not there, or needs a password"
    else:
        sys.stdout.write(f"Installing {', '.join(absent)} with apt-get ...\n")
        sys.stdout.flush()
        why = install(absent, prefix)
        for need in NPM.keys() & set(absent):
            why = why or npm_install(need)
        absent = [need for need in absent if missing(need)]
        if not absent:
            return 0
    sys.stdout.write(
        f"Not here: {', '.join(absent)} ({why or 'the packages did not bring it'}). "
        f"The tests that need it are skipped. To run them, first:\n    {line_to_run(*absent)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
