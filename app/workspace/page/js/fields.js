/** Form controls of Block Kit: the same ones in messages and in modals. */

import { h, unique } from "./dom.js";
import { emojify } from "./emoji.js";
import { inline } from "./mrkdwn.js";
import { people, userName } from "./directory.js";

const words = (text) => emojify(text?.text ?? "");
const rich = (text) => (text?.type === "mrkdwn" ? inline(text.text) : words(text));
const optionsOf = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options ?? []);

/** What an element holds before anybody touches it: a text, a list of values, or "". */
export function initial(element) {
  switch (element.type) {
    case "static_select":
    case "external_select":
    case "radio_buttons":
    case "overflow":
      return element.initial_option?.value ?? "";
    case "multi_static_select":
    case "multi_external_select":
    case "checkboxes":
      return (element.initial_options ?? []).map((option) => option.value);
    case "multi_users_select":
      return element.initial_users ?? [];
    case "users_select":
      return element.initial_user ?? "";
    case "datepicker":
      return element.initial_date ?? "";
    case "timepicker":
      return element.initial_time ?? "";
    case "datetimepicker":
      return element.initial_date_time ? String(element.initial_date_time) : "";
    default:
      return element.initial_value ?? "";
  }
}

/**
 * The control for an element. `tell(value)` hears every change, `done(value)` a finished one
 * (a choice made, Enter in a line). `attributes` name and describe it for screen readers.
 */
export function field(element, { value = initial(element), tell = () => {}, done = () => {}, attributes = {} } = {}) {
  const both = (next) => {
    tell(next);
    done(next);
  };
  const draw = DRAWINGS[element.type];
  return draw ? draw(element, { value, tell, done, both, attributes }) : h(
    "em",
    { class: "unknown" },
    `(a ${element.type} cannot be shown here)`,
  );
}

export const isField = (element) => element.type in DRAWINGS;

function line(type, extra = () => ({})) {
  return (element, { value, tell, done, attributes }) =>
    h("input", {
      class: "input",
      type,
      value,
      placeholder: element.placeholder?.text,
      autofocus: element.focus_on_load,
      ...extra(element),
      ...attributes,
      oninput: (event) => tell(event.target.value),
      onchange: (event) => done(event.target.value),
    });
}

function text(element, { value, tell, done, attributes }) {
  if (!element.multiline) return line("text", lengths)(element, { value, tell, done, attributes });
  return h("textarea", {
    class: "input",
    rows: 4,
    value,
    placeholder: element.placeholder?.text,
    autofocus: element.focus_on_load,
    ...lengths(element),
    ...attributes,
    oninput: (event) => tell(event.target.value),
    onchange: (event) => done(event.target.value),
  });
}

const lengths = (element) => ({ maxlength: element.max_length });

function select(choices) {
  return (element, { value, both, attributes }) => {
    const option = ({ value: own, label }) => h("option", { value: own, selected: own === value }, label);
    const groups = choices(element);
    const empty = h(
      "option",
      { value: "", selected: !value, disabled: !element.optional && Boolean(value), hidden: Boolean(value) },
      element.placeholder?.text ?? "Choose…",
    );
    return h(
      "select",
      {
        class: "input select",
        "aria-label": element.placeholder?.text,
        ...attributes,
        onchange: (event) => both(event.target.value),
      },
      empty,
      groups.map((group) => (
        group.label ? h("optgroup", { label: group.label }, group.options.map(option)) : group.options.map(option)
      )),
    );
  };
}

const flat = (options) => (options ?? []).map((option) => ({ value: option.value, label: words(option.text) }));
const listed = (element) => (
  element.option_groups ? element.option_groups.map((group) => ({
    label: words(group.label),
    options: flat(group.options),
  })) : [{ options: flat(element.options) }]
);
const persons = () => [{ options: people().map((user) => ({ value: user.id, label: userName(user.id) })) }];

function ticks(type, several) {
  return (element, { value, both, attributes }) => {
    const name = unique("choice");
    const chosen = new Set(several ? value : [value]);
    const pick = (own) => (event) => {
      if (!several) return both(own);
      if (event.target.checked) chosen.add(own);
      else chosen.delete(own);
      return both(optionsOf(element).map((option) => option.value).filter((each) => chosen.has(each)));
    };
    return h(
      "div",
      { class: "ticks", role: several ? "group" : "radiogroup", ...attributes },
      optionsOf(element).map((option) =>
        h(
          "label",
          { class: "tick" },
          h("input", { type, name, checked: chosen.has(option.value), onchange: pick(option.value) }),
          h(
            "span",
            {},
            h("span", { class: "tick-label" }, rich(option.text)),
            option.description ? h("span", { class: "tick-detail" }, rich(option.description)) : null,
          ),
        ),
      ),
    );
  };
}

function several(choices) {
  return (element, tools) => {
    const options = choices(element).flatMap((group) => group.options).map((option) => ({
      text: { text: option.label },
      value: option.value,
    }));
    return ticks("checkbox", true)({ options }, tools);
  };
}

function moment(element, tools) {
  const local = (seconds) => {
    const when = new Date(Number(seconds) * 1000);
    return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  };
  const back = (listener) => (next) => listener(next ? String(Math.floor(new Date(next).getTime() / 1000)) : "");
  return line("datetime-local")(
    element,
    { ...tools, value: tools.value ? local(tools.value) : "", tell: back(tools.tell), done: back(tools.done) },
  );
}

const numbers = (element) => ({
  inputmode: element.is_decimal_allowed === false ? "numeric" : "decimal",
  min: element.min_value,
  max: element.max_value,
  step: element.is_decimal_allowed === false ? 1 : "any",
});

const DRAWINGS = {
  plain_text_input: text,
  number_input: line("number", numbers),
  email_text_input: line("email"),
  url_text_input: line("url"),
  datepicker: line("date"),
  timepicker: line("time"),
  datetimepicker: moment,
  static_select: select(listed),
  external_select: select(listed),
  users_select: select(persons),
  multi_static_select: several(listed),
  multi_external_select: several(listed),
  multi_users_select: several(persons),
  radio_buttons: ticks("radio", false),
  checkboxes: ticks("checkbox", true),
};
