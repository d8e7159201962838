import { defineConfig } from "vitest/config";

const shared = { environment: "node", unstubEnvs: true } as const;

export default defineConfig({
  test: {
    coverage: { provider: "v8", include: ["src/**"] },
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/entry/**", "test/e2e/**"],
        },
      },
      {
        // Spawns dist/ as a CI runner would, without an engine.
        test: { ...shared, name: "entry", include: ["test/entry/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        // Runs against the lab: real Docker, BuildKit, QEMU and registries. One file at a time, because
        // binfmt_misc and the Docker Engine belong to the whole machine.
        test: {
          ...shared,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e/global-setup.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
