"""Image paths resolve as RELION's users expect, and an image that is nowhere is asked for in every place first."""

import pytest

from vitreous._errors import InputError
from vitreous.particles.paths import find_image, names_beside, search_folders

NAME = "Extract/job012/stack.mrcs"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A RELION project: images by path in the project folder, metadata in a job's folder, work done elsewhere."""
    for folder in ("project/Extract/job012", "project/Refine3D/job020", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "project" / NAME).write_text("images")
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "project"


def test_a_path_relative_to_the_project_folder_where_one_works(project, monkeypatch):
    monkeypatch.chdir(project)
    star = "Refine3D/job020/run_data.star"
    assert find_image(NAME, search_folders(star)) == str(project / NAME)


def test_a_path_relative_to_the_project_folder_from_elsewhere(project):
    assert find_image(NAME, search_folders(project / "Refine3D/job020/run_data.star")) == str(project / NAME)


def test_a_path_relative_to_the_star_file(project):
    (project / "Refine3D/job020/local.mrcs").write_text("images")
    found = find_image("local.mrcs", search_folders(project / "Refine3D/job020/run_data.star"))
    assert found == str(project / "Refine3D/job020/local.mrcs")


def test_the_current_folder_comes_first(project, monkeypatch, tmp_path):
    other = tmp_path / "elsewhere" / NAME
    other.parent.mkdir(parents=True)
    other.write_text("other images")
    assert find_image(NAME, search_folders(project / "Refine3D/job020/run_data.star")) == str(other)


@pytest.mark.parametrize("folder", ["", "Extract", "Extract/job012"])
def test_a_named_folder_is_searched_by_path_and_by_file_name(project, folder):
    folders = search_folders("anywhere.star", project / folder)
    if folder == "Extract":
        with pytest.raises(InputError, match="was not found"):
            find_image(NAME, folders)
    else:
        assert find_image(NAME, folders) == str(project / NAME)


def test_a_named_folder_is_searched_alone(project, tmp_path, monkeypatch):
    monkeypatch.chdir(project)
    with pytest.raises(InputError, match="was not found"):
        find_image(NAME, search_folders("run.star", tmp_path / "elsewhere"))


def test_an_absolute_path_stands_for_itself_or_moves_into_the_named_folder(project):
    assert find_image(str(project / NAME), ()) == str(project / NAME)
    found = find_image("/no/such/place/stack.mrcs", search_folders("x.star", project / "Extract/job012"))
    assert found == str(project / NAME)


def test_what_is_not_found_names_every_place_tried(project, tmp_path):
    with pytest.raises(InputError) as error:
        find_image("Extract/lost.mrcs", search_folders(project / "Refine3D/job020/run_data.star"))
    for folder in (tmp_path / "elsewhere", project / "Refine3D/job020", project / "Refine3D", project, tmp_path):
        assert str(folder / "Extract/lost.mrcs") in str(error.value)
    assert "--images" in str(error.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        search_folders("x.star", tmp_path / "lost")


def test_names_change_only_where_the_new_place_would_not_find_the_image(project, tmp_path):
    folders = search_folders(project / "Refine3D/job020/run_data.star")
    near, far = project / "Select/job021/particles.star", tmp_path / "elsewhere" / "particles.star"
    assert names_beside(near, [NAME, "lost.mrcs"], folders) == (NAME, "lost.mrcs")
    assert names_beside(far, [NAME, "lost.mrcs"], folders) == (str(project / NAME), "lost.mrcs")


def test_another_image_of_the_same_name_is_not_taken_for_it(project, tmp_path, monkeypatch):
    folders = search_folders(project / "Refine3D/job020/run_data.star")
    decoy = tmp_path / "elsewhere" / NAME
    decoy.parent.mkdir(parents=True)
    decoy.write_text("other images")
    monkeypatch.chdir(project)
    assert names_beside(tmp_path / "elsewhere" / "particles.star", [NAME], folders[1:]) == (NAME,)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert names_beside(tmp_path / "elsewhere" / "particles.star", [NAME], folders[1:]) == (str(project / NAME),)
