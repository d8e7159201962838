import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "../src/lock.ts";

// node hold-lock.ts NAME FILE MILLISECONDS: writes a line when its turn begins, and one when it ends.
const [name = "", file = "", milliseconds = "0"] = process.argv.slice(2);

void withLock(name, async () => {
  appendFileSync(file, `begin ${process.pid}\n`);
  await delay(Number(milliseconds));
  appendFileSync(file, `end ${process.pid}\n`);
});
