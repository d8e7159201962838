import { ExecError } from "../exec.ts";
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
