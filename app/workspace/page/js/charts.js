/** data_visualization blocks: plain line, area, bar and pie charts, with the numbers as a table for screen readers. */

import { h, svg, unique } from "./dom.js";

const WIDTH = 440;
const HEIGHT = 190;
const PAD = { left: 52, right: 12, top: 12, bottom: 26 };
const number = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });

/** A figure for one block. */
export function chart(block) {
  const { type } = block.chart ?? {};
  const rows = type === "pie" ? [
    ["", "Value"],
    ...(block.chart.segments ?? []).map(({ label, value }) => [label, value]),
  ] : seriesRows(block.chart ?? {});
  const title = unique("chart");
  return h(
    "figure",
    { class: "b-chart", "aria-labelledby": title },
    h("figcaption", { id: title }, block.title ?? "Chart"),
    type === "pie" ? pie(block.chart.segments ?? []) : plot(block.chart ?? {}),
    h(
      "div",
      { class: "unseen" },
      h(
        "table",
        {},
        h(
          "tbody",
          {},
          rows.map((row) => h(
            "tr",
            {},
            row.map((cell, at) => h(at ? "td" : "th", {}, typeof cell === "number" ? number.format(cell) : cell)),
          )),
        ),
      ),
    ),
  );
}

const categoriesOf = (picture) => picture.axis_config?.categories ?? picture.series?.[0]?.data.map((point) => point.label) ?? [];

function seriesRows(picture) {
  const series = picture.series ?? [];
  return [
    ["", ...series.map(({ name }) => name)],
    ...categoriesOf(picture).map((label, at) => [label, ...series.map(({ data }) => data[at]?.value ?? "")]),
  ];
}

function plot({ type, series = [], ...picture }) {
  const labels = categoriesOf({ series, ...picture });
  const values = series.flatMap(({ data }) => data.map(({ value }) => value));
  const low = type === "line" ? Math.min(...values) : Math.min(0, ...values);
  const top = Math.max(...values);
  const room = (top - low || 1) * 0.08;
  const floor = low < 0 || type === "line" ? low - room : 0;
  const y = (value) => PAD.top + (HEIGHT - PAD.top - PAD.bottom) * (1 - (value - floor) / (top + room - floor));
  const band = (WIDTH - PAD.left - PAD.right) / Math.max(labels.length, 1);
  const x = (at) => PAD.left + band * (at + 0.5);
  const ticks = [floor, (floor + top + room) / 2, top].map((value) => [
    svg("line", { class: "grid", x1: PAD.left, x2: WIDTH - PAD.right, y1: y(value), y2: y(value) }),
    svg("text", { x: PAD.left - 8, y: y(value) + 4, "text-anchor": "end" }, number.format(value)),
  ]);
  const every = Math.ceil(labels.length / 6);
  const names = labels.map((label, at) => (at % every ? null : svg(
    "text",
    { x: x(at), y: HEIGHT - 8, "text-anchor": "middle" },
    label,
  )));
  const marks = series.map(({ data }, at) => (
    type === "bar" ? bars(data, at, series.length, { x, y, band, floor }) : path(data, at, type, { x, y, floor })
  ));
  return [
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ticks, names, marks),
    h(
      "div",
      { class: "legend", "aria-hidden": "true" },
      series.map(({ name }, at) => h("span", { class: `series-${at % 6}` }, h("i"), name)),
    ),
  ];
}

function path(data, at, type, { x, y, floor }) {
  const points = data.map(({ value }, place) => `${x(place)} ${y(value)}`);
  if (!points.length) return null;
  const line = `M${points.join("L")}`;
  return [
    type === "area" ? svg(
      "path",
      { class: `area series-${at % 6}`, d: `${line}L${x(data.length - 1)} ${y(floor)}L${x(0)} ${y(floor)}Z` },
    ) : null,
    svg("path", { class: `line series-${at % 6}`, d: line }),
  ];
}

function bars(data, at, count, { x, y, band, floor }) {
  const width = (band * 0.7) / count;
  return data.map(({ value }, place) => {
    const foot = y(Math.max(floor, 0));
    return svg(
      "rect",
      {
        class: `bar series-${at % 6}`,
        x: x(place) - band * 0.35 + width * at,
        width,
        y: Math.min(y(value), foot),
        height: Math.abs(foot - y(value)),
        rx: 2,
      },
    );
  });
}

function pie(segments) {
  const total = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  const round = 2 * Math.PI * 40;
  let passed = 0;
  const slices = segments.map(({ value }, at) => {
    const share = (value / total) * round;
    const slice = svg(
      "circle",
      {
        class: `slice series-${at % 6}`,
        cx: 60,
        cy: 60,
        r: 40,
        "stroke-dasharray": `${share} ${round - share}`,
        "stroke-dashoffset": -passed,
      },
    );
    passed += share;
    return slice;
  });
  return h(
    "div",
    { class: "pie", "aria-hidden": "true" },
    svg("svg", { viewBox: "0 0 120 120" }, slices),
    h(
      "div",
      { class: "legend" },
      segments.map(({ label, value }, at) => h(
        "span",
        { class: `series-${at % 6}` },
        h("i"),
        `${label} · ${number.format(value)}`,
      )),
    ),
  );
}
