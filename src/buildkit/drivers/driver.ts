import type { Platform } from "../../oci/platform.ts";

/** How a BuildKit daemon is run. */
export type DriverName = "docker-container" | "podman-container" | "process" | "remote";

/** One BuildKit daemon as buildctl reaches it. */
export interface Endpoint {
  /** What buildctl takes as `--addr`. */
  readonly address: string;
  /** Absolute paths of PEM files; only for tcp. */
  readonly tls?: TlsFiles;
  /** What it was said to be for; undefined for whatever it can build. */
  readonly platforms?: readonly Platform[];
}

export interface TlsFiles {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name in the daemon's certificate when it is not the host of the address. */
  readonly serverName?: string;
}

/** What teardown needs to know to remove a daemon; plain data, because it is kept in the state file. */
export type Removal =
  | {
      readonly kind: "container";
      readonly engine: "docker" | "podman";
      readonly name: string;
      /** A named cache volume that outlives the container. */
      readonly keepVolume: boolean;
    }
  | {
      readonly kind: "process";
      readonly pid: number;
      /** Of the process, in clock ticks after boot (field 22 of /proc/PID/stat): a pid alone may be somebody else's. */
      readonly startTime: string;
      /** Absolute path of the daemon's own folder, removed with it. */
      readonly root: string;
    }
  | { readonly kind: "none" };
