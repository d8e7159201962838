import { describe, expect, it } from "vitest";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "../../../src/buildkit/tls/der.ts";

describe("DER", () => {
  it.each([
    { what: "an empty sequence", value: sequence(), hex: "3000" },
    { what: "a set", value: set(boolean(true)), hex: "31030101ff" },
    { what: "zero", value: integer(Buffer.from([0, 0])), hex: "020100" },
    { what: "a small number", value: integer(Buffer.from([0, 127])), hex: "02017f" },
    { what: "a number with its top bit set", value: integer(Buffer.from([128])), hex: "02020080" },
    { what: "octets", value: octetString(Buffer.from("ab")), hex: "04026162" },
    { what: "text", value: utf8String("ü"), hex: "0c02c3bc" },
    { what: "bits", value: bitString(Buffer.from([1, 2])), hex: "0303000102" },
    { what: "the named bit 0", value: namedBits([0]), hex: "03020780" },
    { what: "the named bit 5", value: namedBits([5]), hex: "03020204" },
    { what: "named bits beyond one byte", value: namedBits([0, 8]), hex: "0303078080" },
    { what: "an explicit tag", value: explicit(3, sequence()), hex: "a3023000" },
    { what: "an implicit tag", value: implicit(2, Buffer.from("a")), hex: "820161" },
    {
      what: "an identifier with large numbers",
      value: objectIdentifier("1.2.840.10045.4.3.2"),
      hex: "06082a8648ce3d040302",
    },
    {
      what: "a time until 2049",
      value: time(new Date("2049-12-31T23:59:59.900Z")),
      hex: `170d${Buffer.from("491231235959Z").toString("hex")}`,
    },
    {
      what: "a time from 2050 on",
      value: time(new Date("2050-01-01T00:00:00Z")),
      hex: `180f${Buffer.from("20500101000000Z").toString("hex")}`,
    },
  ])("encodes $what", ({ value, hex }) => {
    expect(value.toString("hex")).toBe(hex);
  });

  it.each([
    { length: 127, header: "047f" },
    { length: 128, header: "048180" },
    { length: 255, header: "0481ff" },
    { length: 256, header: "04820100" },
    { length: 65_536, header: "0483010000" },
  ])("writes a length of $length", ({ length, header }) => {
    const encoded = octetString(Buffer.alloc(length)).toString("hex");
    expect(encoded.slice(0, header.length)).toBe(header);
    expect(encoded).toHaveLength(header.length + 2 * length);
  });
});
