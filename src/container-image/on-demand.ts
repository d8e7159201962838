import { ExecError } from "../exec.ts";
import type { askRegistry } from "./ask-registry.ts";
import type { ProvideOptions } from "./pull.ts";

/**
 * Does something with an image, and provides the image only when the engine says that it has none: asking first would cost
 * every run for what only the first one needs. `use` must not let the engine pull by itself (`--pull=never`).
 */
export async function withImage<T>(
  reference: string,
  options: ProvideOptions,
  use: (reference: string) => Promise<T>,
): Promise<T> {
  try {
    return await use(reference);
  } catch (error) {
    if (!isImageMissing(error)) throw error;
  }
  const { provideImage } = await import("./pull.ts");
  return use((await provideImage(reference, options)).reference);
}

/** How registries are asked, loaded when one has to be. */
export function askWith(ports: Parameters<typeof askRegistry>[2]): ProvideOptions["ask"] {
  return async (reference, patience) => {
    const { askRegistry } = await import("./ask-registry.ts");
    await askRegistry(reference, patience, ports);
  };
}

function isImageMissing(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (
      cause instanceof ExecError &&
      /no such image|unable to find image|image not known/i.test(cause.stderr)
    ) {
      return true;
    }
  }
  return false;
}
