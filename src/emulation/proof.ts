import { shellQuote } from "../exec.ts";
import { proofExitCode, proofProgram } from "./program.ts";

/** What became of a program of some architecture when it was run. */
export type Proof =
  | { readonly runs: true }
  | { readonly runs: false; readonly reason: ProofFailure; readonly detail: string };

export type ProofFailure =
  /** The kernel has nothing that runs it. */
  | "no emulator"
  /** It has an entry whose interpreter is not there, or BuildKit does not carry that emulator. */
  | "emulator missing"
  | "crashed"
  | "wrong answer"
  /** Nothing could be tried, so that nothing is known. */
  | "not tried";

/** By architecture, in Go's words. */
export type Proofs = Readonly<Record<string, Proof>>;

export interface ProofRequest {
  readonly architectures: readonly string[];
  /** The architecture whose program runs anyway: if even that does not, the folder is the reason. */
  readonly native: string;
  /** Emulators to call by name, by architecture; without one the kernel has to know. */
  readonly emulators?: Readonly<Record<string, string>>;
  /** Where to try first; a temporary folder may not allow programs. */
  readonly folder?: string;
}

/** One sentence part for a person. */
export function describeFailure({ reason, detail }: Extract<Proof, { runs: false }>): string {
  const said = detail === "" ? "" : ` (${detail})`;
  switch (reason) {
    case "no emulator":
      return `a program for it does not start${said}`;
    case "emulator missing":
      return `its emulator is not there${said}`;
    case "crashed":
      return `its emulator crashed${said}`;
    case "wrong answer":
      return `a program for it gives a wrong answer${said}`;
    case "not tried":
      return `no program could be run${said}`;
    default:
      return reason satisfies never;
  }
}

/**
 * A POSIX shell script that writes the programs, runs them at the same time and prints what they ended with. It needs nothing
 * but mktemp, chmod and rm, removes what it wrote, and takes the first folder in which a program may be run.
 */
export function proofScript({ architectures, emulators = {}, folder, native }: ProofRequest): string {
  const provable = architectures.filter((architecture) => proofProgram(architecture) !== undefined);
  const control = proofProgram(native);
  const folders = [...(folder === undefined ? [] : [folder]), "/tmp", "/var/tmp", "/run", "/dev/shm"];
  return [
    // An emulator that spins must end, and one that crashes must not leave a core file.
    "ulimit -t 20; ulimit -c 0; umask 077; d=",
    "trap 'rm -rf \"$d\"' EXIT",
    "prove() {",
    '  n=$1; shift; t=$("$@" 2>&1 </dev/null); printf "proof %s %s %s\\n" "$n" $? "$t"',
    "}",
    `for f in ${folders.map(shellQuote).join(" ")}; do`,
    '  d=$(mktemp -d "$f/multiarch.XXXXXX" 2>/dev/null) || { d=; continue; }',
    ...(control === undefined
      ? ["  break"]
      : [
          `  ${writeProgram("control", control)}`,
          '  "$d/control" </dev/null >/dev/null 2>&1',
          `  [ $? = ${proofExitCode} ] && break`,
          '  rm -rf "$d"; d=',
        ]),
    "done",
    '[ -n "$d" ] || { echo "proof - 0 there is no folder in which programs may be run"; exit 0; }',
    ...provable.map((architecture) =>
      writeProgram(architecture, proofProgram(architecture) ?? new Uint8Array()),
    ),
    ...provable.map((architecture) => {
      const emulator = emulators[architecture];
      const words = [...(emulator === undefined ? [] : [shellQuote(emulator)]), `"$d/${architecture}"`];
      return `prove ${architecture} ${words.join(" ")} &`;
    }),
    "wait",
    "",
  ].join("\n");
}

/** All escaped, so that no byte means anything to printf or the shell. */
function writeProgram(name: string, program: Uint8Array): string {
  const bytes = [...program].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  return `printf '${bytes}' >"$d/${name}"; chmod 700 "$d/${name}"`;
}

/** What the script printed. */
export function parseProofs(stdout: string, { architectures, emulators = {} }: ProofRequest): Proofs {
  const found = new Map<string, { readonly code: number; said: string }>();
  let last: { said: string } | undefined;
  for (const line of stdout.split("\n")) {
    const match = /^proof (\S+) (\d+) ?(.*)$/.exec(line);
    if (match === null) {
      if (last !== undefined) last.said += `\n${line}`;
      continue;
    }
    const entry = { code: Number(match[2]), said: match[3] ?? "" };
    found.set(match[1] ?? "", entry);
    last = entry;
  }
  const nowhere = found.get("-");
  return Object.fromEntries(
    architectures.map((architecture): [string, Proof] => {
      const answer = found.get(architecture);
      if (answer !== undefined) {
        return [architecture, judge(answer.code, answer.said, emulators[architecture])];
      }
      const detail =
        proofProgram(architecture) === undefined
          ? "there is no proof program for this architecture"
          : (nowhere?.said.trim() ?? "the run of the programs ended early");
      return [architecture, { runs: false, reason: "not tried", detail }];
    }),
  );
}

const lastSignal = 64;

/** What an exit code, as a shell gives it, and what was printed mean. */
export function judge(code: number, said: string, emulator?: string): Proof {
  if (code === proofExitCode) return { runs: true };
  if (/exec format error/i.test(said)) return { runs: false, reason: "no emulator", detail: "" };
  if (code > 128 && code <= 128 + lastSignal)
    return { runs: false, reason: "crashed", detail: `signal ${code - 128}` };
  const detail = firstLine(said);
  if (emulator === undefined && /^exec \S+: no such file/im.test(said)) {
    return { runs: false, reason: "emulator missing", detail: "" };
  }
  const cannotStart = code === 126 || code === 127 || code === 2;
  if (emulator !== undefined && cannotStart && (code === 127 || /not found|no such file/i.test(said))) {
    return { runs: false, reason: "emulator missing", detail: emulator };
  }
  if (cannotStart) {
    // A kernel that has an entry but not its interpreter says that the program itself is not there. One that has no entry
    // leaves shells to take the program for a script, in which they stumble.
    const isMissing = /no such file|required file not found|\/\w+: not found/i;
    return { runs: false, reason: isMissing.test(said) ? "emulator missing" : "no emulator", detail: "" };
  }
  return {
    runs: false,
    reason: "wrong answer",
    detail: `exit code ${code}${detail === "" ? "" : `: ${detail}`}`,
  };
}

function firstLine(text: string): string {
  const line = text.split("\n").find((each) => each.trim() !== "") ?? "";
  return line
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, 200)
    .trim();
}
