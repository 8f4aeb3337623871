"""`baton.yaml`: read, checked, and refused with the line and the nearest valid key."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from domain.errors import ConfigurationError
from domain.operating_model import OperatingModel

Path_ = tuple[str | int, ...]
Lines = dict[Path_, int]


def load(path: Path) -> OperatingModel:
    """The operating model in a file. Raises ConfigurationError naming file, line and what to write instead."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"{path} does not exist; `baton init` writes one to start from.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    return parse(text, str(path), path.parent)


def parse(text: str, name: str, folder: Path) -> OperatingModel:
    """The operating model in a text. `folder` is what relative paths in it start from."""
    lines: Lines = {}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{name}, line {line}: this is not valid YAML: {error.problem}.") from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(f"{name}, line 1: expected keys like `company:` and `source:`.")
    content = _content(node, (), lines, name)
    try:
        model = OperatingModel.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentences(error, lines, name))) from error
    if not Path(model.source.path).is_absolute():
        source = model.source.model_copy(update={"path": str(folder / model.source.path)})
        model = model.model_copy(update={"source": source})
    return model


def _content(node: yaml.Node, at: Path_, lines: Lines, name: str) -> Any:
    """The plain value of a node, noting the line of everything in it; a key given twice is refused."""
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in found:
                first = lines[*at, key]
                raise ConfigurationError(f"{name}, line {line}: `{key}` is given twice (first on line {first}).")
            lines[*at, key] = line
            found[key] = _content(value_node, (*at, key), lines, name)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_content(child, (*at, index), lines, name) for index, child in enumerate(node.value)]
    # Kept as written and read by the model: YAML 1.1 would make 08:30 the number 510 and 38.10 a binary float.
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _sentences(error: ValidationError, lines: Lines, name: str) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        loc = tuple(part for part in problem["loc"] if part != "[key]")
        where = ".".join(str(part) for part in loc) or "the file"
        line = next(lines[loc[:end]] for end in range(len(loc), -1, -1) if loc[:end] in lines)
        if problem["type"] == "extra_forbidden":
            valid = _keys(OperatingModel, loc[:-1])
            near = get_close_matches(str(loc[-1]), valid, n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(sorted(valid))}."
            yield f"{name}, line {line}: `{where}` is not a key Baton knows; {hint}"
        elif problem["type"] == "missing":
            yield f"{name}, line {line}: `{where}` is missing."
        elif problem["type"] in ("enum", "literal_error"):
            expected = re.findall(r"'([^']+)'", str(problem.get("ctx", {}).get("expected", "")))
            near = get_close_matches(str(problem["input"]), expected, n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(expected)}."
            yield f"{name}, line {line}: `{where}` cannot be `{problem['input']}`; {hint}"
        else:
            yield f"{name}, line {line}: `{where}` is not usable: {problem['msg']} (found {problem['input']!r})."


def _keys(model: Any, at: Sequence[str | int]) -> list[str]:
    """The keys allowed at a place of the operating model."""
    here = model
    for part in at:
        here = _inside(here, part)
    here = _model(here)
    return list(here.model_fields) if here else []


def _inside(annotation: Any, part: str | int) -> Any:
    model = _model(annotation)
    if isinstance(part, str) and model and part in model.model_fields:
        return model.model_fields[part].annotation
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping) and arguments:
        return arguments[1]
    return arguments[0] if arguments else None


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType):
        return next((found for each in get_args(annotation) if (found := _model(each))), None)
    return None
