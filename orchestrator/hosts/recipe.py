"""What the root tree of nodes is made from, and how mmdebstrap is asked to make it.

Pure, but for `Recipe.load`.
"""

from __future__ import annotations

import hashlib
import platform
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.hosts.base import BuildFailed
from orchestrator.hosts.containerlab_release import pinned
from orchestrator.shipped import IMAGE

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.settings import Settings

SUITE = "trixie"
# The Debian release that has an FRR version.
SUITES = {"8.4": "bookworm", "10.3": "trixie", "10.7": "forky"}
KERNEL_SUITE = "forky"
# Suites whose libc (2.36) is older than what that kernel needs (2.38): it is put aside of their programs.
_TOO_OLD = frozenset({"bullseye", "bookworm"})
_KERNEL_PACKAGE = "user-mode-linux"
_UNREAD = ("man", "locale", "doc", "info", "zoneinfo", "bash-completion")
_STEPS = {
    "I: running apt-get update": "fetching package lists",
    "I: downloading packages": "downloading packages",
    "I: extracting archives": "unpacking the base system",
    "I: installing essential": "installing the base system",
    "I: installing remaining": "installing FRR",
    "I: running --customize-hook": "shaping the tree",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what ends up in a tree.

    Attributes:
        suite: the tree's Debian release, which decides FRR's (bookworm 8.4.4, trixie 10.3, forky 10.7.1).
        kernel_suite: the release of the guest's kernel; where that cannot be had, `suite`'s own is taken.
        packages: Debian packages to install.
        offer_kernel: text of the script that offers the kernel of `kernel_suite` to apt.
        put_aside: text of the script that puts that kernel into a tree whose libc is too old for it.
        provision: text of the script that shapes the installed tree.
        mirror: archive to use instead of the machine's own; empty for the latter.
        architecture: machine type.
        containerlab: version of the containerlab program to put in; empty for none.
    """

    suite: str
    kernel_suite: str
    packages: tuple[str, ...]
    offer_kernel: str
    put_aside: str
    provision: str
    mirror: str = ""
    architecture: str = "x86_64"
    containerlab: str = ""

    @classmethod
    def load(cls, settings: Settings, *, docker: bool = False, suite: str = "") -> Recipe:
        """The recipe in `image/`; settings may name other suites and another mirror.

        Args:
            settings: the user's.
            docker: whether the tree is a guest's that makes its nodes with Docker and containerlab. It is
                of the default suite then: which FRR the nodes have is their image's to say.
            suite: the Debian release, where it is known already; it counts more than the settings'.

        Raises:
            BuildFailed: the folder `image/` is not where it belongs.
        """
        suite = SUITE if docker else suite or settings.suite or SUITE
        lists = ("packages", "packages.docker") if docker else ("packages",)
        try:
            return cls(
                suite=suite,
                kernel_suite=settings.kernel_suite or KERNEL_SUITE,
                packages=tuple(name for one in lists for name in package_names((IMAGE / one).read_text())),
                offer_kernel=(IMAGE / "kernel.sh").read_text(),
                put_aside=(IMAGE / "kernel_aside.sh").read_text() if suite in _TOO_OLD else "",
                provision=(IMAGE / "provision.sh").read_text(),
                mirror=settings.mirror,
                architecture=platform.machine(),
                containerlab=pinned((IMAGE / "containerlab" / "go.mod").read_text()).version
                if docker
                else "",
            )
        except FileNotFoundError as error:
            raise BuildFailed(f"the recipe of the node tree is missing: {error.filename}") from error

    @property
    def key(self) -> str:
        """Names the tree in the cache: the suite for people, a hash of everything for the program."""
        parts = (
            self.suite,
            self.kernel_suite,
            self.packages,
            self.offer_kernel,
            *([self.put_aside] if self.put_aside else []),
            self.provision,
            self.mirror,
            self.architecture,
            *([self.containerlab] if self.containerlab else []),
        )
        return f"{self.suite}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"

    @property
    def has_kernel(self) -> bool:
        """Whether the guest's kernel exists for this architecture."""
        return self.architecture == "x86_64"


def package_names(text: str) -> tuple[str, ...]:
    """The names in a package list: one a line, `#` starts a comment."""
    names = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return tuple(name for name in names if name)


@dataclass(frozen=True, slots=True)
class Supplies:
    """What a build takes from this machine.

    Attributes:
        sources: one-line apt sources; none for mmdebstrap's own.
        settings: apt settings for the time of the build.
        programs: files to put into `/usr/local/bin`.
    """

    sources: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    programs: tuple[Path, ...] = ()


def arguments(recipe: Recipe, supplies: Supplies, target: Path) -> list[str]:
    """The mmdebstrap command that builds a recipe's tree at `target`, a folder that does not exist yet."""
    of_another = recipe.has_kernel and recipe.kernel_suite != recipe.suite
    aside = of_another and bool(recipe.put_aside)
    packages = [*recipe.packages, *([_KERNEL_PACKAGE] if recipe.has_kernel and not aside else [])]
    hooks = []
    if aside:
        suite = shlex.quote(recipe.kernel_suite)
        hooks.append(f'--customize-hook={_script(recipe.put_aside, "kernel_aside.sh")} "$1" {suite}')
    hooks.append(f'--customize-hook={_script(recipe.provision, "provision.sh")} "$1"')
    hooks += [f"--customize-hook=copy-in {shlex.quote(str(one))} /usr/local/bin" for one in supplies.programs]
    if of_another:
        suites = shlex.join([recipe.suite, recipe.kernel_suite])
        hooks.append(f'--setup-hook={_script(recipe.offer_kernel, "kernel.sh")} "$1" {suites}')
    return [
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        "--format=directory",
        *(f"--aptopt={line}" for line in (*supplies.settings, 'Acquire::Languages "none";')),
        *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in _UNREAD),
        *hooks,
        f"--include={','.join(packages)}",
        recipe.suite,
        str(target),
        *supplies.sources,
    ]


def step(line: str) -> str | None:
    """What a line of mmdebstrap's means to somebody who waits; None if nothing new."""
    return next((said for start, said in _STEPS.items() if line.startswith(start)), None)


def complaint(output: str) -> str:
    """The line that says best why apt or mmdebstrap gave up: the first error; later ones are its echoes."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E: ")]
    return next(iter([*errors, *lines[-1:]]), "it said nothing").removeprefix("E: ")


def _script(text: str, name: str) -> str:
    """Shell words that run a script given as text; its arguments may follow."""
    return shlex.join(["sh", "-c", text, name])
