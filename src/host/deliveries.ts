/** What is sent to the CI while a step goes on, one after the other. */
export interface Deliveries {
  readonly send: (deliver: () => Promise<void>) => void;
  /** Resolves when all of it has arrived or failed. */
  readonly finish: () => Promise<void>;
}

/** A delivery that fails is told of, and nothing else: it never fails the step. */
export function createDeliveries(failed: (error: unknown) => void): Deliveries {
  let last = Promise.resolve();
  const follow = async (before: Promise<void>, deliver: () => Promise<void>): Promise<void> => {
    await before;
    try {
      await deliver();
    } catch (error) {
      failed(error);
    }
  };
  return {
    send: (deliver) => {
      last = follow(last, deliver);
    },
    finish: () => last,
  };
}
