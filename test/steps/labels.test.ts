import { describe, expect, it } from "vitest";
import type { Owner } from "../../src/owner.ts";
import { ownerOf } from "../../src/owner.ts";
import { isAbandoned } from "../../src/steps/setup/labels.ts";

const now = Date.UTC(2026, 0, 2);
const past = String(now / 1000 - 1);
const future = String(now / 1000 + 1);
const alive = ownerOf(process.pid);
const dead: Owner = { ...alive, startTime: "1" };
const elsewhere: Owner = { ...alive, host: "elsewhere/1" };

describe("a container is abandoned", () => {
  it.each<{ name: string; expires: string; owner: Owner | undefined; abandoned: boolean }>([
    { name: "when its job's process is gone", expires: future, owner: dead, abandoned: true },
    {
      name: "not while its job's process lives, whatever the clock says",
      expires: past,
      owner: alive,
      abandoned: false,
    },
    {
      name: "when nothing is known of its job and its time is over",
      expires: past,
      owner: undefined,
      abandoned: true,
    },
    { name: "not before", expires: future, owner: undefined, abandoned: false },
    {
      name: "when its job ran elsewhere and its time is over",
      expires: past,
      owner: elsewhere,
      abandoned: true,
    },
    { name: "not when its job runs elsewhere", expires: future, owner: elsewhere, abandoned: false },
    { name: "never without an end", expires: "", owner: undefined, abandoned: false },
  ])("$name: $abandoned", ({ expires, owner, abandoned }) => {
    const labels = { multiarch: "job", "multiarch.state": "/s", "multiarch.expires": expires };
    const peek = (path: string, job: string) => (path === "/s" && job === "job" ? owner : undefined);
    expect(isAbandoned({ labels }, now, peek)).toBe(abandoned);
  });

  it("never when it is not ours", () => {
    expect(isAbandoned({ labels: { "multiarch.expires": past } }, now)).toBe(false);
  });
});
