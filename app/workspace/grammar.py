"""What Slack's blocks, elements and views look like, written down field by field.

One line per shape. A field is `name:kind` or `name?:kind` (may be left out); a kind is a shape, `a/b` (one of several),
`[kind]` (a list), `{x,y}` (one of these words), `str`, `bool`, `num`, `any` or `null`. `~75` after a kind is the most
characters, `#1-10` the fewest and most items of a list or the least and greatest number. A shape is chosen by the
object's `type`; after `@` stands which variant of that type it is. Shapes in PARTS have no type. A leading `*` lets
unknown fields pass.

Where Slack's own documents are silent or disagree, the tighter number stands here.
"""

import re
from dataclasses import dataclass

ALIASES = {
    "words": "plain_text/mrkdwn",
    "picture": "image@element",
    "menu": "static_select/external_select/users_select/conversations_select/channels_select",
    "multimenu": (
        "multi_static_select/multi_external_select/multi_users_select/multi_conversations_select/multi_channels_select"
    ),
    "chooser": "checkboxes/radio_buttons/datepicker/datetimepicker/timepicker",
    "chart": "pie/bar/area/line",
    "inline": "text/link/emoji/user/usergroup/team/channel/broadcast/color/date",
    "block": (
        "actions/alert/auth_provider/call/card/carousel/container/context/context_actions/data_table"
        "/data_visualization/divider/file/header/image/input/markdown/plan/rich_text/section/table/task_card/video"
    ),
}

_CHOICE = "action_id?:str~255 confirm?:confirm focus_on_load?:bool"
_HINTED = "action_id?:str~255 focus_on_load?:bool placeholder?:plain_text~150"
_MENU = f"{_HINTED} confirm?:confirm"
_TYPED = f"{_HINTED} dispatch_action_config?:dispatch initial_value?:str"
_STYLED = "style?:style"
_TASK = (
    "task_id:str title:str status:{pending,in_progress,complete,error} details?:rich_text output?:rich_text"
    " sources?:[url] block_id?:str~255"
)
_SERIES = "*series:[series]#1-6 axis_config:axis"
_FILTER = "default_to_current_conversation?:bool filter?:filter"

SHAPES = {
    # Blocks
    "actions": (
        "elements:[button/workflow_button/overflow/menu/multimenu/chooser/rich_text_input]#1-25 block_id?:str~255"
    ),
    "alert": "text:words~200 level?:{default,info,warning,error,success} block_id?:str~255",
    "auth_provider": (
        "value:str~150 name:plain_text~75 is_connected:bool description?:plain_text~150 icon_url?:str auth_url?:str"
        " disconnect_url?:str connected_identity?:plain_text~75 connected_context?:plain_text~75 accessory?:overflow"
        " fallback?:[block] block_id?:str~255"
    ),
    "call": "call_id:str api_decoration_available?:bool call?:any block_id?:str~255",
    "card": (
        "title?:mrkdwn~150 subtitle?:mrkdwn~150 body?:mrkdwn~200 icon?:picture hero_image?:picture"
        " actions?:[button]#0-3 block_id?:str~255"
    ),
    "carousel": "elements:[card]#1-10 block_id?:str~255",
    "container": (
        "title?:plain_text~150 rich_text_title?:rich_text subtitle?:words~150 icon?:picture is_collapsible?:bool"
        " default_collapsed?:bool has_header_divider?:bool width?:{narrow,standard,wide,full} block_id?:str~255"
        " child_blocks:[actions/context/divider/file/header/image/input/rich_text/section/table/video]#1-10"
    ),
    "context": "elements:[words/picture~3000]#1-10 block_id?:str~255",
    "context_actions": "elements:[feedback_buttons/icon_button]#1-5 block_id?:str~255",
    "data_table": (
        "caption:str rows:[[rich_text/raw_text/raw_number]#1-20]#2-201 page_size?:num#1-100"
        " row_header_column_index?:num block_id?:str~255"
    ),
    "data_visualization": "title:str~50 chart:chart block_id?:str~255",
    "divider": "block_id?:str~255",
    "file": "external_id:str source:str block_id?:str~255",
    "header": "text:plain_text~150 block_id?:str~255",
    "image": ("image_url?:str~3000 slack_file?:slack_file alt_text:str~2000 title?:plain_text~2000 block_id?:str~255"),
    "input": (
        "label:plain_text~2000 hint?:plain_text~2000 optional?:bool dispatch_action?:bool block_id?:str~255"
        " element:plain_text_input/number_input/email_text_input/url_text_input/rich_text_input/file_input/menu"
        "/multimenu/chooser"
    ),
    "markdown": "text:str~12000 block_id?:str~255",
    "plan": "title:str tasks?:[plan_task]#0-50 block_id?:str~255",
    "rich_text": (
        "elements:[rich_text_section/rich_text_list/rich_text_quote/rich_text_preformatted]#1-9999 block_id?:str~255"
    ),
    "section": (
        "text?:words~3000 fields?:[words~2000]#1-10 expand?:bool block_id?:str~255"
        " accessory?:button/workflow_button/overflow/menu/multimenu/chooser/picture"
    ),
    "table": (
        "rows:[[rich_text/raw_text/raw_number]#1-20]#1-100 column_settings?:[column/null]#0-20 block_id?:str~255"
    ),
    "task_card": _TASK,
    "video": (
        "alt_text:str~2000 title:plain_text~200 video_url:str thumbnail_url:str title_url?:str author_name?:str~50"
        " provider_name?:str~50 provider_icon_url?:str description?:plain_text~200 block_id?:str~255"
    ),
    # Elements
    "button": (
        "text:plain_text~75 action_id?:str~255 value?:str~2000 url?:str~3000 style?:{primary,danger} confirm?:confirm"
        " accessibility_label?:str~75 visible_to_user_ids?:[str]#1-10 agent_prompt?:str~4000 agent_prompt_display?:str"
    ),
    "workflow_button": (
        "text:plain_text~75 action_id?:str~255 style?:{primary,danger} confirm?:confirm accessibility_label?:str~75"
        " workflow:workflow"
    ),
    "icon_button": (
        "text:plain_text~75 icon:str action_id?:str~255 value?:str~2000 confirm?:confirm accessibility_label?:str~75"
        " visible_to_user_ids?:[str]#1-10"
    ),
    "feedback_buttons": "action_id?:str~255 positive_button:feedback negative_button:feedback",
    "overflow": "action_id?:str~255 options:[plain_option]#1-5 confirm?:confirm",
    "checkboxes": f"{_CHOICE} options:[option]#1-10 initial_options?:[option]",
    "radio_buttons": f"{_CHOICE} options:[option]#1-10 initial_option?:option",
    "datepicker": f"{_MENU} initial_date?:str",
    "timepicker": f"{_MENU} initial_time?:str timezone?:str",
    "datetimepicker": f"{_CHOICE} initial_date_time?:num",
    "static_select": f"{_MENU} options?:[plain_option]#1-100 option_groups?:[group]#1-100 initial_option?:plain_option",
    "external_select": f"{_MENU} initial_option?:plain_option min_query_length?:num",
    "users_select": f"{_MENU} initial_user?:str",
    "channels_select": f"{_MENU} initial_channel?:str response_url_enabled?:bool",
    "conversations_select": f"{_MENU} initial_conversation?:str response_url_enabled?:bool {_FILTER}",
    "multi_static_select": (
        f"{_MENU} options?:[plain_option]#1-100 option_groups?:[group]#1-100 initial_options?:[plain_option]"
        " max_selected_items?:num"
    ),
    "multi_external_select": (f"{_MENU} initial_options?:[plain_option] min_query_length?:num max_selected_items?:num"),
    "multi_users_select": f"{_MENU} initial_users?:[str] max_selected_items?:num",
    "multi_channels_select": f"{_MENU} initial_channels?:[str] max_selected_items?:num",
    "multi_conversations_select": f"{_MENU} initial_conversations?:[str] max_selected_items?:num {_FILTER}",
    "plain_text_input": f"{_TYPED} multiline?:bool min_length?:num#0-3000 max_length?:num#1-3000",
    "number_input": f"{_TYPED} is_decimal_allowed:bool min_value?:str max_value?:str",
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "rich_text_input": (
        f"{_HINTED} dispatch_action_config?:dispatch initial_value?:rich_text min_lines?:num#1-100 max_lines?:num#1-100"
    ),
    "file_input": "action_id?:str~255 filetypes?:[str] max_files?:num#1-10",
    "url": "url:str~3000 text:str",
    # Words
    "plain_text": "text:str emoji?:bool",
    "mrkdwn": "text:str verbatim?:bool",
    "raw_text": "text:str",
    "raw_number": "text:str value:num",
    "image@element": "image_url?:str slack_file?:slack_file alt_text:str",
    # Rich text
    "rich_text_section": "elements:[inline]#1-9999",
    "rich_text_list": (
        "elements:[rich_text_section]#1-9999 style:{bullet,ordered} indent?:num offset?:num border?:num#0-1"
    ),
    "rich_text_quote": "elements:[inline]#1-9999 border?:num#0-1",
    "rich_text_preformatted": "elements:[text/link]#1-9999 border?:num#0-1",
    "text": f"text:str {_STYLED}",
    "link": f"url:str text?:str unsafe?:bool {_STYLED}",
    "emoji": f"name:str unicode?:str url?:str skin_tone?:num {_STYLED}",
    "user": f"user_id:str {_STYLED}",
    "usergroup": f"usergroup_id:str {_STYLED}",
    "team": f"team_id:str {_STYLED}",
    "channel": f"channel_id:str {_STYLED}",
    "broadcast": "range:{here,channel,everyone} " + _STYLED,
    "color": f"value:str {_STYLED}",
    "date": f"timestamp:num format:str url?:str fallback?:str {_STYLED}",
    # Charts
    "pie": "*segments:[point]#1-6",
    "bar": _SERIES,
    "area": _SERIES,
    "line": _SERIES,
    # Views
    "modal": (
        "title:plain_text~24 blocks:[block]#1-100 submit?:plain_text~24 close?:plain_text~24 callback_id?:str~255"
        " external_id?:str~255 private_metadata?:str~3000 clear_on_close?:bool notify_on_close?:bool"
    ),
    "home": "blocks:[block]#1-100 callback_id?:str~255 external_id?:str~255 private_metadata?:str~3000",
}

PARTS = {
    "confirm": (
        "title?:plain_text~100 text:words~300 confirm?:plain_text~30 deny?:plain_text~30 style?:{primary,danger}"
    ),
    "option": "text:words~75 value?:str~150 description?:words~75 url?:str~3000",
    "plain_option": "text:plain_text~75 value?:str~150 description?:plain_text~75 url?:str~3000",
    "group": "label:plain_text~75 options:[plain_option]#1-100",
    "feedback": "text:plain_text~75 value:str~2000 accessibility_label?:str~75",
    "slack_file": "id?:str url?:str",
    "filter": "include?:[{im,mpim,private,public}] exclude_bot_users?:bool exclude_external_shared_channels?:bool",
    "dispatch": "trigger_actions_on?:[{on_enter_pressed,on_character_entered}]",
    "workflow": "trigger:trigger",
    "trigger": "url:str customizable_input_parameters?:[parameter]",
    "parameter": "name:str value:str",
    "plan_task": f"type?:{{task_card}} {_TASK}",
    "column": "align?:{left,center,right} is_wrapped?:bool",
    "style": "bold?:bool italic?:bool strike?:bool code?:bool underline?:bool",
    "series": "*name:str~20 data:[point]#1-20",
    "point": "*label:str~20 value:num",
    "axis": "*categories:[str~20]#1-20 x_label?:str~50 y_label?:str~50",
}


@dataclass(frozen=True)
class Kind:
    """What a value must be."""

    names: tuple[str, ...] = ()
    """Shapes, parts or scalars, of which it is one."""
    words: tuple[str, ...] = ()
    """The strings it may be, where only some are."""
    item: "Kind | None" = None
    """What each item of a list is."""
    longest: int | None = None
    """Characters."""
    least: int = 0
    most: int | None = None
    """Items of a list, or the number itself; None for no bound."""


@dataclass(frozen=True)
class Shape:
    """The fields of an object."""

    fields: dict[str, Kind]
    required: frozenset[str]
    open: bool
    """Whether unknown fields pass."""


_SCALAR = re.compile(r"(?P<what>\{[^}]*\}|[^~#\[\]]+)(?:~(?P<longest>\d+))?(?:#(?P<least>\d+)-(?P<most>\d+))?$")
_LIST = re.compile(r"\[(?P<item>.*)\](?:#(?P<least>\d+)-(?P<most>\d+))?$")


def kind(written: str) -> Kind:
    """Read a kind as it is written above."""
    if found := _LIST.match(written):
        most = found["most"]
        return Kind(item=kind(found["item"]), least=int(found["least"] or 0), most=int(most) if most else None)
    found = _SCALAR.match(written)
    if found is None:
        raise ValueError(f"{written!r} is no kind")
    longest, most = (int(found[name]) if found[name] else None for name in ("longest", "most"))
    least, what = int(found["least"] or 0), found["what"]
    if what.startswith("{"):
        return Kind(words=tuple(what[1:-1].split(",")), longest=longest)
    return Kind(names=tuple(_expand(what)), longest=longest, least=least, most=most)


def _expand(written: str) -> list[str]:
    return [name for part in written.split("/") for name in (_expand(ALIASES[part]) if part in ALIASES else [part])]


def shape(written: str) -> Shape:
    """Read a shape as it is written above."""
    fields: dict[str, Kind] = {}
    required: set[str] = set()
    for field in written.removeprefix("*").split():
        name, _, what = field.partition(":")
        fields[name.removesuffix("?")] = kind(what)
        if not name.endswith("?"):
            required.add(name)
    return Shape(fields, frozenset(required), written.startswith("*"))
