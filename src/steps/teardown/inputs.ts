import type { InputTable } from "../../inputs/field.ts";

/** All that is to be removed stands in the state. */
export const teardownInputs = {} satisfies InputTable;
