from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.lifecycle.folders import NoSuchLab, lab_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab's folder that has a folder `labs` in it, and in that a lab `mine`."""
    (tmp_path / "lab" / "labs" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "lab")
    return tmp_path / "lab"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (".", "."),
        ("./", "."),
        ("..", ".."),
        ("../", ".."),
        ("../lab", "."),
        ("mine", "labs/mine"),
        ("labs/mine", "labs/mine"),
        ("./labs/mine/", "labs/mine"),
        ("labs", "labs"),
    ],
)
def test_a_path_is_never_taken_for_a_name(here: Path, given: str, meant: str) -> None:
    assert lab_folder(given).resolve() == (here / meant).resolve()


@pytest.mark.usefixtures("here")
def test_a_shipped_lab_is_found_by_its_name_alone() -> None:
    assert lab_folder("two-vpns").name == "two-vpns"
    with pytest.raises(NoSuchLab, match=r"^no lab './two-vpns': there is no such folder$"):
        lab_folder("./two-vpns")


@pytest.mark.usefixtures("here")
def test_nothing_is_no_lab() -> None:
    with pytest.raises(NoSuchLab, match=r"^no lab '': it is neither a folder nor a name under labs/"):
        lab_folder("")


def test_a_file_means_its_folder(here: Path) -> None:
    (here / "vpn.yml").touch()
    assert lab_folder("vpn.yml").resolve() == here
    assert lab_folder("./vpn.yml").resolve() == here
