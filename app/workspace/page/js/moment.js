/** Dates and times as people say them. Message times are epoch seconds written as text ("1700000000.000100"). */

const LOCALE = "en-GB";
const form = (options) => new Intl.DateTimeFormat(LOCALE, options);
const TIME = form({ hour: "2-digit", minute: "2-digit" });
const SECONDS = form({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const LONG = form({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const MIDDLE = form({ day: "numeric", month: "long", year: "numeric" });
const SHORT = form({ day: "numeric", month: "short" });
const DAY = form({ weekday: "long", day: "numeric", month: "long" });
const CLOCK = form({ weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const CLOCK_SHORT = form({ weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** A message's moment. */
export const moment = (ts) => new Date(Number(ts) * 1000);
export const time = (ts) => TIME.format(moment(ts));
export const fullTime = (ts) => `${LONG.format(moment(ts))}, ${SECONDS.format(moment(ts))}`;
export const dayKey = (ts) => moment(ts).toDateString();

/** "Today", "Yesterday", "Saturday 14 March". */
export function dayName(ts) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - moment(ts).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return DAY.format(moment(ts));
}

/** An ISO day of the demo clock: "Saturday, 14 March 2026". */
export function clockDay(iso) {
  const parts = Object.fromEntries(CLOCK.formatToParts(new Date(`${iso}T00:00:00Z`)).map((part) => [part.type, part.value]));
  return `${parts.weekday}, ${parts.day} ${parts.month} ${parts.year}`;
}
export const dayWords = (iso) => clockDay(iso).replace(/ \d{4}$/, "");
export const clockYear = (iso) => clockDay(iso).replace(/^\w+, /, "");
export const clockShort = (iso) => CLOCK_SHORT.format(new Date(`${iso}T00:00:00Z`));

/** 0 = Monday … 6 = Sunday. */
export const weekday = (iso) => (new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7;

/** Days from one ISO day to another. */
export const daysBetween = (from, to) => Math.round(
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000,
);

/** The format of <!date^…>: "{date_short} at {time}". */
export function formatDate(seconds, format) {
  const when = new Date(seconds * 1000);
  const pretty = (style) => {
    const name = dayName(seconds);
    return name === "Today" || name === "Yesterday" ? name.toLowerCase() : style.format(when);
  };
  const words = {
    date: () => MIDDLE.format(when),
    date_num: () => `${when.getFullYear()}-${String(when.getMonth() + 1).padStart(2, "0")}-${String(when.getDate()).padStart(2, "0")}`,
    date_slash: () => when.toLocaleDateString(LOCALE),
    date_short: () => `${SHORT.format(when)} ${when.getFullYear()}`,
    date_long: () => LONG.format(when),
    date_pretty: () => pretty(MIDDLE),
    date_short_pretty: () => pretty(SHORT),
    date_long_pretty: () => pretty(LONG),
    day_divider_pretty: () => pretty(DAY),
    time: () => TIME.format(when),
    time_secs: () => SECONDS.format(when),
    ago: () => ago(seconds),
  };
  return format.replace(/\{([a-z_]+)\}/g, (whole, name) => words[name]?.() ?? whole);
}

/** "3 minutes ago", "in 2 days". */
export function ago(seconds) {
  const gap = Number(seconds) - Date.now() / 1000;
  const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
  for (const [unit, length] of [["day", 86_400], ["hour", 3_600], ["minute", 60]]) {
    if (Math.abs(gap) >= length) return relative.format(Math.trunc(gap / length), unit);
  }
  return "just now";
}
