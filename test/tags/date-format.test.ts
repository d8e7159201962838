import { describe, expect, it } from "vitest";
import { formatDate } from "../../src/tags/date-format.ts";

const newYear = new Date("2021-01-01T23:04:05.067Z");

describe("formatDate", () => {
  it.each([
    { format: "YYYYMMDD", text: "20210101" },
    { format: "YYYYMMDD-HHmmss", text: "20210101-230405" },
    { format: "YYYY-MM-DDTHH:mm:ss.SSS[Z]", text: "2021-01-01T23:04:05.067Z" },
    { format: "dddd, MMMM Do YYYY, h:mm:ss a", text: "Friday, January 1st 2021, 11:04:05 pm" },
    { format: "ddd dd d do e E MMM M Mo", text: "Fri Fr 5 5th 5 5 Jan 1 1st" },
    { format: "YY Y YYYYY YYYYYY Q Qo", text: "21 2021 02021 +002021 1 1st" },
    // The first of January 2021 is in the last week of 2020 where weeks begin on Monday.
    { format: "GGGG-[W]WW W Wo GG GGGGG", text: "2020-W53 53 53rd 20 02020" },
    { format: "gggg ww w wo gg ggggg", text: "2021 01 1 1st 21 02021" },
    { format: "DDDD DDD DDDo DD D", text: "001 1 1st 01 1" },
    { format: "H h hh k kk A a", text: "23 11 11 23 23 PM pm" },
    { format: "m mm s ss S SS SSSS SSSSSSSSS", text: "4 04 5 05 0 06 0670 067000000" },
    { format: "X x", text: "1609542245 1609542245067" },
    { format: "Z ZZ", text: "+00:00 +0000" },
    { format: "[release] \\YYYY v.", text: "release YYYY v." },
    { format: "", text: "" },
  ])("$format", ({ format, text }) => {
    expect(formatDate(newYear, format)).toBe(text);
  });

  it.each([
    { timeZone: "Asia/Tokyo", text: "2021-01-02 08:04 +09:00" },
    { timeZone: "America/New_York", text: "2021-01-01 18:04 -05:00" },
    { timeZone: "Asia/Kolkata", text: "2021-01-02 04:34 +05:30" },
    { timeZone: "America/St_Johns", text: "2021-01-01 19:34 -03:30" },
    { timeZone: "utc", text: "2021-01-01 23:04 +00:00" },
  ])("in $timeZone", ({ text, timeZone }) => {
    expect(formatDate(newYear, "YYYY-MM-DD HH:mm Z", timeZone)).toBe(text);
  });

  it.each([
    { at: "2021-01-01T00:00:00Z", format: "H k kk h a", text: "0 24 24 12 am" },
    { at: "2021-01-01T12:00:00Z", format: "h A", text: "12 PM" },
    { at: "2021-01-03T12:00:00Z", format: "d e E", text: "0 0 7" },
    { at: "2020-12-31T12:00:00Z", format: "DDD WW ww gggg Do", text: "366 53 01 2021 31st" },
    { at: "2021-11-12T12:00:00Z", format: "Do Mo Q", text: "12th 11th 4" },
    { at: "2021-02-22T12:00:00Z", format: "Do Mo wo", text: "22nd 2nd 9th" },
    { at: "2021-08-23T12:00:00Z", format: "Do", text: "23rd" },
  ])("$at as $format", ({ at, format, text }) => {
    expect(formatDate(new Date(at), format)).toBe(text);
  });

  it("keeps to the summer time of the moment", () => {
    const summer = new Date("2021-07-01T12:00:00Z");
    expect(formatDate(summer, "HH:mm Z", "Europe/Berlin")).toBe("14:00 +02:00");
    expect(formatDate(newYear, "HH:mm Z", "Europe/Berlin")).toBe("00:04 +01:00");
  });

  it.each([
    { format: "YYYY LT", says: "has LT, which is not known here" },
    { format: "L", says: "as [L] for the letters" },
    { format: "HH z", says: "Z is the offset" },
    { format: "N", says: "has N" },
  ])("refuses $format", ({ format, says }) => {
    expect(() => formatDate(newYear, format)).toThrow(says);
    expect(() => formatDate(newYear, format)).toThrow(JSON.stringify(format));
  });

  it("refuses a time zone that nobody has", () => {
    expect(() => formatDate(newYear, "YYYY", "Europe/Berln")).toThrow('there is no time zone "Europe/Berln"');
  });
});
