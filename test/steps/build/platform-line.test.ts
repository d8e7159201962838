import { describe, expect, it } from "vitest";
import { parsePlatform } from "../../../src/oci/platform.ts";
import type { PlatformLine } from "../../../src/steps/build/platform-line.ts";
import { parsePlatformLines } from "../../../src/steps/build/platform-line.ts";

const line = (platform: string, overrides: Partial<PlatformLine> = {}): PlatformLine => ({
  platform: parsePlatform(platform),
  buildArgs: [],
  ...overrides,
});

describe("platform lines", () => {
  it.each<{ text: string; lines: readonly PlatformLine[] }>([
    { text: "", lines: [] },
    { text: "\n  \n", lines: [] },
    { text: "linux/amd64", lines: [line("linux/amd64")] },
    { text: "linux/amd64,linux/arm64", lines: [line("linux/amd64"), line("linux/arm64")] },
    { text: "linux/amd64, linux/arm64,", lines: [line("linux/amd64"), line("linux/arm64")] },
    { text: '"linux/amd64,linux/arm64"', lines: [line("linux/amd64"), line("linux/arm64")] },
    { text: "linux/amd64\r\n\r\nlinux/arm64\r\n", lines: [line("linux/amd64"), line("linux/arm64")] },
    { text: "arm64,linux/armhf", lines: [line("linux/arm64"), line("linux/arm/v7")] },
    {
      text: "linux/arm/v7,file=Dockerfile.armhf,build-arg:FOO=bar,target=slim,builder=tcp://10.0.0.7:1234",
      lines: [
        line("linux/arm/v7", {
          file: "Dockerfile.armhf",
          target: "slim",
          builder: "tcp://10.0.0.7:1234",
          buildArgs: ["FOO=bar"],
        }),
      ],
    },
    {
      text: "linux/amd64,linux/386, File=Dockerfile.x86 , build-arg:a=1,Build-Arg:B=\nlinux/arm64",
      lines: [
        line("linux/amd64", { file: "Dockerfile.x86", buildArgs: ["a=1", "B="] }),
        line("linux/386", { file: "Dockerfile.x86", buildArgs: ["a=1", "B="] }),
        line("linux/arm64"),
      ],
    },
    {
      text: 'linux/amd64,"build-arg:A=x,""y"",\nlinux/arm64 ::z",file=-f\nlinux/s390x',
      lines: [
        line("linux/amd64", { file: "-f", buildArgs: ['A=x,"y",\nlinux/arm64 ::z'] }),
        line("linux/s390x"),
      ],
    },
    {
      text: '"linux/amd64,file=x"\nlinux/arm64',
      lines: [line("linux/amd64", { file: "x" }), line("linux/arm64")],
    },
    { text: "linux/amd64,build-arg:A=b=c", lines: [line("linux/amd64", { buildArgs: ["A=b=c"] })] },
    {
      text: "windows(10.0.20348.1)/amd64,target=win",
      lines: [line("windows(10.0.20348.1)/amd64", { target: "win" })],
    },
  ])("$text", ({ lines, text }) => {
    expect(parsePlatformLines(text)).toEqual({ value: lines, problems: [] });
  });

  it.each<{ text: string; problems: readonly string[]; platforms?: readonly string[] }>([
    { text: "linux/arm65", problems: ['unknown platform "linux/arm65": did you mean linux/arm64?'] },
    { text: "-x/y z", problems: ['not a platform: "-x/y z": expected os/architecture[/variant]'] },
    { text: "file=x", problems: ['"file=x" names no platform'] },
    {
      text: "linux/amd64,fiel=x",
      problems: ['"linux/amd64,fiel=x": there is no "fiel": did you mean file?'],
      platforms: ["linux/amd64"],
    },
    {
      text: "linux/amd64,build-args=FOO",
      problems: [
        '"linux/amd64,build-args=FOO": there is no "build-args": there are file, target, builder, build-arg:NAME',
      ],
      platforms: ["linux/amd64"],
    },
    {
      text: "linux/amd64,build-arg:FOO",
      problems: ['"build-arg:FOO" has no value: write build-arg:FOO=VALUE'],
      platforms: ["linux/amd64"],
    },
    {
      text: "linux/amd64,build-arg:1 x=y",
      problems: [`"linux/amd64,build-arg:1 x=y": "1 x" can't be an argument's name`],
      platforms: ["linux/amd64"],
    },
    {
      text: "linux/amd64,file=,target= ,builder=a,builder=b,build-arg:X=1,build-arg:X=2",
      problems: [
        "file= has no value",
        "target= has no value",
        "builder is given twice",
        "build-arg:X is given twice",
      ].map((why) => `"linux/amd64,file=,target= ,builder=a,builder=b,build-arg:X=1,build-arg:X=2": ${why}`),
      platforms: ["linux/amd64"],
    },
    {
      text: "linux/amd64\nlinux/arm\nlinux/x86_64,linux/arm/v7",
      problems: ["linux/amd64 stands there twice", "linux/arm/v7 stands there twice"],
      platforms: ["linux/amd64", "linux/arm/v7", "linux/amd64", "linux/arm/v7"],
    },
    {
      text: 'linux/amd64\nlinux/arm64,"file=x\nlinux/s390x',
      problems: [
        'not a comma-separated line: "linux/arm64,\\"file=x\\nlinux/s390x": a quote is not closed at character 13',
      ],
      platforms: ["linux/amd64"],
    },
    {
      text: "linux/amd65\nlinux/amd64,constructor=x\n=y",
      problems: [
        'unknown platform "linux/amd65": did you mean linux/amd64?',
        '"linux/amd64,constructor=x": there is no "constructor": there are file, target, builder, build-arg:NAME',
        '"=y": there is no "": there are file, target, builder, build-arg:NAME',
        '"=y" names no platform',
      ],
      platforms: ["linux/amd64"],
    },
  ])("finds what is wrong with $text", ({ platforms = [], problems, text }) => {
    const parsed = parsePlatformLines(text);
    expect(parsed.problems).toEqual(problems);
    expect(parsed.value.map(({ platform }) => platform)).toEqual(
      platforms.map((platform) => ({ ...parsePlatform(platform) })),
    );
  });
});
