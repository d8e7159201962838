import { describe, expect, it } from "vitest";
import { formatOutput, parseOutput } from "../../src/buildkit/output.ts";

describe("an output", () => {
  it.each<{ text: string; type: string; attributes: Record<string, string>; written?: string }>([
    { text: "type=image", type: "image", attributes: {} },
    {
      text: 'type=image,"name=r.io/a,r.io/b:1",push=true,push-by-digest=true,name-canonical=true',
      type: "image",
      attributes: {
        name: "r.io/a,r.io/b:1",
        push: "true",
        "push-by-digest": "true",
        "name-canonical": "true",
      },
    },
    {
      text: "type=image,compression=zstd,compression-level=22,force-compression=true,oci-mediatypes=false,unpack=0",
      type: "image",
      attributes: {
        compression: "zstd",
        "compression-level": "22",
        "force-compression": "true",
        "oci-mediatypes": "false",
        unpack: "0",
      },
    },
    {
      text: "type=image,registry.insecure=true,store=false,rewrite-timestamp=true,source-date-epoch=0",
      type: "image",
      attributes: {
        "registry.insecure": "true",
        store: "false",
        "rewrite-timestamp": "true",
        "source-date-epoch": "0",
      },
    },
    {
      text: "type=registry,name=r.io/a",
      type: "image",
      attributes: { name: "r.io/a", push: "true" },
      written: "type=image,name=r.io/a,push=true",
    },
    {
      text: "type=registry,push=false",
      type: "image",
      attributes: { push: "true" },
      written: "type=image,push=true",
    },
    {
      text: "Type=image, Name=r.io/a, PUSH=true",
      type: "image",
      attributes: { name: "r.io/a", push: "true" },
      written: "type=image,name=r.io/a,push=true",
    },
    { text: "type=image,name=*", type: "image", attributes: { name: "*" } },
    { text: "type=image,name=r.io/a-{arch}", type: "image", attributes: { name: "r.io/a-{arch}" } },
    {
      text: 'type=oci,dest=out/{platform}.tar,"annotation.note={""a"":1,""b"":2}"',
      type: "oci",
      attributes: { dest: "out/{platform}.tar", "annotation.note": '{"a":1,"b":2}' },
    },
    {
      text: "type=image,annotation-manifest[linux/amd64].k=v,annotation-index.k=v,annotation-manifest-descriptor.k=",
      type: "image",
      attributes: {
        "annotation-manifest[linux/amd64].k": "v",
        "annotation-index.k": "v",
        "annotation-manifest-descriptor.k": "",
      },
    },
    { text: "type=docker,dest=a.tar", type: "docker", attributes: { dest: "a.tar" } },
    { text: "type=docker", type: "docker", attributes: {} },
    { text: "type=oci,dest=layout,tar=false", type: "oci", attributes: { dest: "layout", tar: "false" } },
    { text: "type=local,dest=-out", type: "local", attributes: { dest: "-out" } },
    {
      text: "type=local,dest=out,platform-split=false,mode=delete,attestation-prefix=x",
      type: "local",
      attributes: { dest: "out", "platform-split": "false", mode: "delete", "attestation-prefix": "x" },
    },
    { text: "type=tar,dest=a.tar", type: "tar", attributes: { dest: "a.tar" } },
    { text: "type=cacheonly", type: "cacheonly", attributes: {} },
    { text: "out", type: "local", attributes: { dest: "out" }, written: "type=local,dest=out" },
    { text: "./a=b", type: "local", attributes: { dest: "./a=b" }, written: "type=local,dest=./a=b" },
    {
      text: '"out,here"',
      type: "local",
      attributes: { dest: "out,here" },
      written: 'type=local,"dest=out,here"',
    },
    { text: "C:\\out", type: "local", attributes: { dest: "C:\\out" }, written: "type=local,dest=C:\\out" },
  ])("$text", ({ attributes, text, type, written = text }) => {
    const output = parseOutput(text);
    expect(output.type).toBe(type);
    expect(Object.fromEntries(output.attributes)).toEqual(attributes);
    expect(formatOutput(output)).toBe(written);
    expect(parseOutput(written)).toEqual(output);
  });

  it.each([
    { text: "", message: "it is empty" },
    { text: "-", message: "standard output" },
    { text: "type=tar,dest=-", message: "standard output" },
    { text: "type=docker,dest=-", message: "standard output" },
    { text: "type=imgae", message: 'unknown type "imgae": did you mean image?' },
    { text: "type=regsitry", message: 'unknown type "regsitry": did you mean registry?' },
    { text: "type=moby", message: 'unknown type "moby"' },
    { text: "type=", message: 'unknown type ""' },
    { text: "dest=out", message: '"dest=out" names no type' },
    { text: "out,other", message: '"out" is not KEY=VALUE' },
    { text: "type=local", message: "type=local needs dest=FOLDER" },
    { text: "type=tar", message: "type=tar needs dest=FILE" },
    { text: "type=oci,dest=", message: "type=oci needs dest=FILE" },
    { text: "type=image,pusch=true", message: 'there is no "pusch": did you mean push?' },
    { text: "type=image,dest=x", message: 'there is no "dest"' },
    { text: "type=cacheonly,dest=x", message: 'there is no "dest", nor any other attribute' },
    { text: "type=image,push=yes", message: "push=yes: it is true or false" },
    { text: "type=image,push=", message: "push=: it is true or false" },
    {
      text: "type=image,compression=gz",
      message: "compression=gz: there are uncompressed, gzip, estargz, zstd",
    },
    { text: "type=image,compression-level=best", message: "compression-level=best: it is a whole number" },
    { text: "type=local,dest=x,mode=move", message: "mode=move: there are copy, delete" },
    { text: "type=tar,dest=x,annotation.a=b", message: 'there is no "annotation.a"' },
    {
      text: "type=image,annotation-manifets.a=b",
      message: '"annotation-manifets.a" is neither annotation.KEY nor annotation-LEVEL.KEY',
    },
    { text: "type=image,name=r.io/App", message: "did you mean" },
    { text: 'type=image,"name=r.io/a, r.io/b"', message: 'not an image reference: " r.io/b"' },
    { text: "type=image,name=r.io/a,r.io/b", message: '"r.io/b" is not KEY=VALUE' },
    { text: "type=image,name=r.io/a-{plattform}", message: "did you mean {platform}?" },
    { text: "type=tar,dest=a-{Arch}.tar", message: "did you mean {arch}?" },
    { text: "type=image,type=oci", message: "type is given twice" },
    { text: 'type=image,name="a,b"', message: "quote the whole field" },
    { text: "type=image,__proto__=x", message: 'there is no "__proto__"' },
  ])("refuses $text", ({ message, text }) => {
    expect(() => parseOutput(text)).toThrow(message);
  });
});
