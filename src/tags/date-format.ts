/** A moment as the clocks of a time zone show it: the UTC fields of `clock` are the local ones. */
interface LocalTime {
  readonly instant: Date;
  readonly clock: Date;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const months = words("January February March April May June July August September October November December");
const weekdays = words("Sunday Monday Tuesday Wednesday Thursday Friday Saturday");

/** Text in brackets stands for itself, as does a token behind a backslash; of tokens that begin alike the longest counts. */
const tokenPattern =
  /\[([^[\]]*)\]|\\?(?:YYYYYY|YYYYY|YYYY|YY|Y|Qo|Q|MMMM|MMM|MM|Mo|M|DDDD|DDDo|DDD|DD|Do|D|dddd|ddd|dd|do|d|e|E|wo|ww|w|Wo|WW|W|ggggg|gggg|gg|GGGGG|GGGG|GG|A|a|HH|H|hh|h|kk|k|mm|m|ss|s|S{1,9}|ZZ|Z|zz|z|X|x|LTS|LT|LL?L?L?|l{1,4}|N{1,5}|y{1,4}o?)|\\./g;

const tokens: Readonly<Record<string, (time: LocalTime) => string>> = {
  YYYYYY: ({ clock }) => `+${pad(clock.getUTCFullYear(), 6)}`,
  YYYYY: ({ clock }) => pad(clock.getUTCFullYear(), 5),
  YYYY: ({ clock }) => pad(clock.getUTCFullYear(), 4),
  YY: ({ clock }) => pad(clock.getUTCFullYear() % 100, 2),
  Y: ({ clock }) => String(clock.getUTCFullYear()),
  Q: ({ clock }) => String(quarter(clock)),
  Qo: ({ clock }) => ordinal(quarter(clock)),
  MMMM: ({ clock }) => months[clock.getUTCMonth()] ?? "",
  MMM: ({ clock }) => months[clock.getUTCMonth()]?.slice(0, 3) ?? "",
  MM: ({ clock }) => pad(clock.getUTCMonth() + 1, 2),
  Mo: ({ clock }) => ordinal(clock.getUTCMonth() + 1),
  M: ({ clock }) => String(clock.getUTCMonth() + 1),
  DDDD: ({ clock }) => pad(dayOfYear(clock), 3),
  DDDo: ({ clock }) => ordinal(dayOfYear(clock)),
  DDD: ({ clock }) => String(dayOfYear(clock)),
  DD: ({ clock }) => pad(clock.getUTCDate(), 2),
  Do: ({ clock }) => ordinal(clock.getUTCDate()),
  D: ({ clock }) => String(clock.getUTCDate()),
  dddd: ({ clock }) => weekdays[clock.getUTCDay()] ?? "",
  ddd: ({ clock }) => weekdays[clock.getUTCDay()]?.slice(0, 3) ?? "",
  dd: ({ clock }) => weekdays[clock.getUTCDay()]?.slice(0, 2) ?? "",
  do: ({ clock }) => ordinal(clock.getUTCDay()),
  d: ({ clock }) => String(clock.getUTCDay()),
  e: ({ clock }) => String(clock.getUTCDay()),
  E: ({ clock }) => String(clock.getUTCDay() || 7),
  ww: ({ clock }) => pad(week(clock, englishWeek).week, 2),
  wo: ({ clock }) => ordinal(week(clock, englishWeek).week),
  w: ({ clock }) => String(week(clock, englishWeek).week),
  WW: ({ clock }) => pad(week(clock, isoWeek).week, 2),
  Wo: ({ clock }) => ordinal(week(clock, isoWeek).week),
  W: ({ clock }) => String(week(clock, isoWeek).week),
  ggggg: ({ clock }) => pad(week(clock, englishWeek).year, 5),
  gggg: ({ clock }) => pad(week(clock, englishWeek).year, 4),
  gg: ({ clock }) => pad(week(clock, englishWeek).year % 100, 2),
  GGGGG: ({ clock }) => pad(week(clock, isoWeek).year, 5),
  GGGG: ({ clock }) => pad(week(clock, isoWeek).year, 4),
  GG: ({ clock }) => pad(week(clock, isoWeek).year % 100, 2),
  A: ({ clock }) => (clock.getUTCHours() < 12 ? "AM" : "PM"),
  a: ({ clock }) => (clock.getUTCHours() < 12 ? "am" : "pm"),
  HH: ({ clock }) => pad(clock.getUTCHours(), 2),
  H: ({ clock }) => String(clock.getUTCHours()),
  hh: ({ clock }) => pad(clock.getUTCHours() % 12 || 12, 2),
  h: ({ clock }) => String(clock.getUTCHours() % 12 || 12),
  kk: ({ clock }) => pad(clock.getUTCHours() || 24, 2),
  k: ({ clock }) => String(clock.getUTCHours() || 24),
  mm: ({ clock }) => pad(clock.getUTCMinutes(), 2),
  m: ({ clock }) => String(clock.getUTCMinutes()),
  ss: ({ clock }) => pad(clock.getUTCSeconds(), 2),
  s: ({ clock }) => String(clock.getUTCSeconds()),
  ZZ: (time) => offset(time, ""),
  Z: (time) => offset(time, ":"),
  X: ({ instant }) => String(Math.floor(instant.getTime() / 1000)),
  x: ({ instant }) => String(instant.getTime()),
};

/**
 * A date by its format in the tokens of https://momentjs.com/docs/#/displaying/format/, in English. Throws an Error for a
 * time zone that is not in the IANA database, and for the tokens whose text depends on a place (`L`, `LT`, `z`, eras).
 */
export function formatDate(instant: Date, format: string, timeZone = "UTC"): string {
  const time = { instant, clock: localClock(instant, timeZone) };
  return format.replaceAll(tokenPattern, (whole, bracketed: string | undefined) => {
    if (bracketed !== undefined) return bracketed;
    if (whole.startsWith("\\")) return whole.slice(1);
    if (whole.startsWith("S")) {
      return pad(instant.getUTCMilliseconds(), 3).padEnd(9, "0").slice(0, whole.length);
    }
    const token = tokens[whole];
    if (token !== undefined) return token(time);
    const instead = whole.startsWith("z")
      ? "Z is the offset"
      : `write it out, or as [${whole}] for the letters`;
    throw new Error(
      `the date format ${JSON.stringify(format)} has ${whole}, which is not known here: ${instead}`,
    );
  });
}

function localClock(instant: Date, timeZone: string): Date {
  if (/^(?:UTC|GMT)$/i.test(timeZone)) return instant;
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(instant);
  } catch (error) {
    throw new Error(`there is no time zone ${JSON.stringify(timeZone)}: one is called like Europe/Berlin`, {
      cause: error,
    });
  }
  const field = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  return new Date(
    Date.UTC(
      field("year"),
      field("month") - 1,
      field("day"),
      field("hour"),
      field("minute"),
      field("second"),
    ),
  );
}

function offset({ clock, instant }: LocalTime, separator: string): string {
  const minutes = Math.round((clock.getTime() - instant.getTime()) / minute);
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(distance / 60), 2)}${separator}${pad(distance % 60, 2)}`;
}

function quarter(clock: Date): number {
  return Math.floor(clock.getUTCMonth() / 3) + 1;
}

function dayOfYear(clock: Date): number {
  return Math.floor((clock.getTime() - Date.UTC(clock.getUTCFullYear(), 0, 1)) / day) + 1;
}

/** A week belongs to the year that its `anchor` is in: both are days of the week from 0, Sunday. */
const isoWeek = { first: 1, anchor: 4 } as const;
const englishWeek = { first: 0, anchor: 6 } as const;

function week(clock: Date, rule: { readonly first: number; readonly anchor: number }) {
  const sinceFirst = (clock.getUTCDay() - rule.first + 7) % 7;
  const anchor = new Date(clock.getTime() + (rule.anchor - rule.first - sinceFirst) * day);
  return { year: anchor.getUTCFullYear(), week: Math.floor((dayOfYear(anchor) - 1) / 7) + 1 };
}

function ordinal(number: number): string {
  const ending = /1\d$/.test(String(number)) ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}

function pad(number: number, length: number): string {
  return String(number).padStart(length, "0");
}

function words(text: string): readonly string[] {
  return text.split(" ");
}
