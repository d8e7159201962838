/** What goes wrong. All of it happens on the wire or in the store of a real server; nothing is reported to the client. */
export type Fault =
  // In the place of an answer.
  | { readonly kind: "status"; readonly status: number; readonly headers?: Headers; readonly body?: string }
  | { readonly kind: "redirect"; readonly to: string; readonly status?: number }
  /** A 401 with this WWW-Authenticate. */
  | { readonly kind: "challenge"; readonly header: string }
  | { readonly kind: "hang" }
  /** The connection is lost: before the request is carried out, after it, or after so many bytes of the answer's body. */
  | { readonly kind: "reset-before" }
  | { readonly kind: "reset-after" }
  | { readonly kind: "reset-mid-body"; readonly bytes: number }
  /** Answers, and drops the connection when the next request comes in on it, as a server does that found it idle. */
  | { readonly kind: "close-idle" }
  // To the answer.
  | { readonly kind: "truncate"; readonly bytes: number }
  /** More bytes than Content-Length says. */
  | { readonly kind: "overrun"; readonly bytes: number }
  | { readonly kind: "flip-byte"; readonly at: number }
  | { readonly kind: "gzip" }
  | { readonly kind: "wrong-digest-header" }
  | { readonly kind: "header"; readonly name: string; readonly value: string | undefined }
  /** The Location of an upload or a new manifest. */
  | { readonly kind: "location"; readonly to: string }
  /** All tokens given out so far end now. */
  | { readonly kind: "expire-tokens" }
  | Attendant;

/** Faults that go with any other: how fast the answer comes, and how the registry keeps its store. */
export type Attendant =
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "trickle"; readonly bytesPerSecond: number }
  /** Reads of a tag see what it was until so long after it moved. */
  | { readonly kind: "stale-read"; readonly ms: number }
  | { readonly kind: "reject-missing-child"; readonly status?: number }
  | { readonly kind: "immutable-tags"; readonly status?: number }
  /** Stores other bytes than those sent. */
  | { readonly kind: "rewrite-manifest" };

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A fault, and the requests that it strikes. */
export type Rule = {
  readonly match?: {
    readonly method?: string;
    /** Of path and query. */
    readonly path?: RegExp;
    readonly header?: readonly [name: string, value: RegExp];
    /** Which of the matching requests, counted from 1; all when left out. */
    readonly nth?: number | readonly number[];
    /** Scheme, host and port that was spoken to. */
    readonly origin?: string;
  };
  /** Most requests that it strikes: 1 when left out. */
  readonly times?: number;
  /** How probable it is that it strikes a matching request, by the registry's seed; 1 when left out. */
  readonly chance?: number;
  readonly fault: Fault;
};

/** What a rule looks at. */
export type Struck = {
  readonly method: string;
  readonly target: string;
  readonly origin: string;
  readonly header: (name: string) => string | undefined;
};

const attendants: ReadonlySet<string> = new Set<Attendant["kind"]>([
  "delay",
  "trickle",
  "stale-read",
  "reject-missing-child",
  "immutable-tags",
  "rewrite-manifest",
]);

/** The faults of one request: the first that makes or mars the answer, and all that go with any. */
export type Faults = {
  readonly main: Fault | undefined;
  readonly attendant: <K extends Attendant["kind"]>(kind: K) => Extract<Attendant, { kind: K }> | undefined;
};

/** Decides by `rules`, which may be added to at any time, what goes wrong with each request. */
export function createJudge(rules: readonly Rule[], seed: number): (request: Struck) => Faults {
  const matched = new Map<Rule, number>();
  const struck = new Map<Rule, number>();
  const random = seededRandom(seed);

  const strikes = (rule: Rule, request: Struck): boolean => {
    if (!matches(rule, request)) return false;
    const count = (matched.get(rule) ?? 0) + 1;
    matched.set(rule, count);
    const { nth } = rule.match ?? {};
    if (nth !== undefined && ![nth].flat().includes(count)) return false;
    if (nth === undefined && (struck.get(rule) ?? 0) >= (rule.times ?? 1)) return false;
    return rule.chance === undefined || random() < rule.chance;
  };

  return (request) => {
    const hit: Rule[] = [];
    for (const rule of rules) {
      // A rule that another one forestalls keeps its turn.
      const isMain = !attendants.has(rule.fault.kind);
      if (isMain && hit.some(({ fault }) => !attendants.has(fault.kind))) continue;
      if (strikes(rule, request)) hit.push(rule);
    }
    for (const rule of hit) struck.set(rule, (struck.get(rule) ?? 0) + 1);
    const faults = hit.map(({ fault }) => fault);
    return {
      main: faults.find(({ kind }) => !attendants.has(kind)),
      attendant: <K extends Attendant["kind"]>(kind: K) =>
        faults.find((fault): fault is Extract<Attendant, { kind: K }> => fault.kind === kind),
    };
  };
}

function matches({ match = {} }: Rule, request: Struck): boolean {
  const { header, method, origin, path } = match;
  return (
    (method === undefined || method === request.method) &&
    (path === undefined || path.test(request.target)) &&
    (origin === undefined || origin === request.origin) &&
    (header === undefined || header[1].test(request.header(header[0]) ?? ""))
  );
}

/** Numbers in [0, 1) that are the same for the same seed (Lehmer, MINSTD). */
export function seededRandom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}
