"""Where the image files that metadata name are found."""

from collections.abc import Iterable
from pathlib import Path as FilePath

from vitreous._errors import InputError
from vitreous._typing import Path

__all__ = ["absolute_names", "find_image", "names_beside", "search_folders"]

_BY_NAME = "*"


def search_folders(file: Path, images: Path | None = None) -> tuple[str, ...]:
    """The folders in which to look for the images that a metadata file names, in order.

    RELION writes paths relative to the project folder, where its users work; other programs write them relative to the
    metadata file. So the current folder comes first, then the folder of the file, then the folders above it, one of
    which is the project's.

    Parameters
    ----------
    file
        The metadata file.
    images
        A folder that a person named: it is then searched alone, by path and by file name.

    Returns
    -------
    folders
        Absolute paths; one that ends in ``/*`` is searched by file name alone.

    Raises
    ------
    InputError
        If ``images`` is not a folder.
    """
    if images is not None:
        folder = FilePath(images).absolute()
        if not folder.is_dir():
            raise InputError("there is no such folder", file=images, advice="name the folder that holds the images")
        return str(folder), str(folder / _BY_NAME)
    home = FilePath(file).absolute().parent
    return tuple(dict.fromkeys(str(folder) for folder in (FilePath.cwd(), home, *home.parents)))


def find_image(name: str, folders: Iterable[str]) -> str:
    """The path of an image file: the first of the folders that has it.

    Parameters
    ----------
    name
        The file as the metadata name it, relative or absolute.
    folders
        What ``search_folders`` returned.

    Returns
    -------
    path
        The path of a file that exists.

    Raises
    ------
    InputError
        If no folder has the file; every place that was tried is named.
    """
    tried = list(dict.fromkeys(_candidates(name, folders)))
    for path in tried:
        if _is_file(path):
            return str(path)
    raise InputError(
        f"the image file was not found: tried {', '.join(map(str, tried))}",
        file=name,
        advice="name the folder of the images (--images DIR), or work in the project folder",
    )


def _is_file(path: FilePath) -> bool:
    """Whether a path leads to a file; one that the system cannot even look up (too long) does not."""
    try:
        return path.is_file()
    except OSError:
        return False


def _candidates(name: str, folders: Iterable[str]) -> Iterable[FilePath]:
    if FilePath(name).is_absolute():
        yield FilePath(name)
    for folder in map(FilePath, folders):
        yield folder.parent / FilePath(name).name if folder.name == _BY_NAME else folder / name


def names_beside(file: Path, names: Iterable[str], folders: Iterable[str]) -> tuple[str, ...]:
    """The names under which a metadata file that is about to be written finds its images.

    A name stays as it is where the new file's own search leads to the same image, or where the image is not found
    today; else it becomes an absolute path.

    Parameters
    ----------
    file
        The metadata file to be written.
    names
        The image files as the old metadata name them.
    folders
        Where the old metadata's images are looked for.

    Returns
    -------
    names
        One for each of the names.
    """
    folders, own = tuple(folders), search_folders(file)

    def choose(name: str) -> str:
        found, anew = _locate(name, folders), _locate(name, own)
        same = found is not None and anew is not None and anew.samefile(found)
        return name if found is None or same else str(found.absolute())

    return tuple(map(choose, names))


def absolute_names(names: Iterable[str], folders: Iterable[str]) -> tuple[str, ...]:
    """The absolute paths of the image files that are found; the others keep their names.

    Parameters
    ----------
    names
        The image files as the metadata name them.
    folders
        Where to look for them.

    Returns
    -------
    names
        One for each of the names.
    """
    folders = tuple(folders)
    return tuple(str(path.absolute()) if (path := _locate(name, folders)) else name for name in names)


def _locate(name: str, folders: tuple[str, ...]) -> FilePath | None:
    return next((path for path in _candidates(name, folders) if _is_file(path)), None)
