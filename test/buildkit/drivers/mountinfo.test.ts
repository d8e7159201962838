import { describe, expect, it } from "vitest";
import {
  coversProc,
  hasRootInside,
  mountsBelow,
  parseMountinfo,
} from "../../../src/buildkit/drivers/mountinfo.ts";

const host = String.raw`21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
22 21 0:5 / /proc rw,nosuid shared:2 master:3 - proc proc rw
23 22 0:6 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw
24 21 0:7 / /job/a/root/executor/x/rootfs rw - overlay overlay rw,lowerdir=/job/a/root/1:/job/a/root/2
25 21 0:8 / /job/a/tmp/with\040space rw - tmpfs tmpfs rw
26 21 0:9 / /job/ab rw - tmpfs tmpfs rw
`;
const container = (root: string): string => `40 39 ${root}\n41 40 0:5 / /proc rw - proc proc rw\n`;

describe("mountinfo", () => {
  it("has the mount points below a folder, the last first, and no neighbour's", () => {
    expect(mountsBelow(parseMountinfo(host), "/job/a")).toEqual([
      "/job/a/tmp/with space",
      "/job/a/root/executor/x/rootfs",
    ]);
  });

  it.each([
    {
      what: "an overlay of the daemon's snapshots",
      mountinfo: container(
        "0:50 / / rw - overlay overlay rw,lowerdir=/lower,upperdir=/job/a/root/9/fs,workdir=/w",
      ),
      inside: true,
    },
    {
      what: "an overlay that only reads",
      mountinfo: container("0:50 / / ro - overlay overlay ro,lowerdir=/job/a/root/8/fs:/job/a/root/7/fs"),
      inside: true,
    },
    {
      what: "a bind mount of a native snapshot",
      mountinfo: container("254:0 /job/a/root/3 / rw - ext4 /dev/vda rw"),
      inside: true,
    },
    {
      what: "another daemon's container",
      mountinfo: container("0:50 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/job/ab/root/9/fs"),
      inside: false,
    },
    // A service with private mounts has copies of all of the host's, the daemon's too, but the host's root.
    { what: "the host and a service with private mounts", mountinfo: host, inside: false },
    { what: "a process that ends", mountinfo: "", inside: false },
  ])("tells whose $what is: $inside", ({ mountinfo, inside }) => {
    expect(hasRootInside(parseMountinfo(mountinfo), "/job/a")).toBe(inside);
  });

  it("tells a covered /proc from one that has binfmt_misc", () => {
    expect(coversProc(parseMountinfo(host))).toBe(false);
    const covered = `${host}27 22 0:9 / /proc/kcore ro - tmpfs tmpfs rw\n`;
    expect(coversProc(parseMountinfo(covered))).toBe(true);
  });
});
