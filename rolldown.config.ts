import type { Plugin } from "rolldown";
import { defineConfig } from "rolldown";
import { licenses } from "./scripts/licenses.ts";

const entries = ["setup", "build", "publish-manifest", "teardown", "multiarch"];

/** dist/ is run on its own, too, where no package.json above it says that it holds modules. */
function moduleType(): Plugin {
  return {
    name: "module-type",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "package.json", source: '{ "type": "module" }\n' });
    },
  };
}

/** All that @actions/http-client takes of undici; its index would bring fetch, websockets, caches and mocks along. */
function proxyAgentAlone(): Plugin {
  const id = "\0undici-proxy-agent";
  return {
    name: "undici-proxy-agent",
    resolveId: (source) => (source === "undici" ? id : undefined),
    load: (loaded) =>
      loaded === id
        ? 'import ProxyAgent from "undici/lib/dispatcher/proxy-agent.js";\nexport { ProxyAgent };\n'
        : undefined,
  };
}

export default defineConfig({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: "node",
  // The same output wherever the dependencies really lie: a linked node_modules must not show.
  resolve: { symlinks: false },
  plugins: [proxyAgentAlone(), licenses(), moduleType()],
  preserveEntrySignatures: false,
  transform: { target: "node20.19" },
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    // steps/build/work.ts → build-work.js
    chunkFileNames: ({ facadeModuleId }) => {
      const [, step] = /steps[\\/]([\w-]+)[\\/]work\.ts$/.exec(facadeModuleId ?? "") ?? [];
      return step === undefined ? "[name].js" : `${step}-work.js`;
    },
    // What the comments say is in src; here they would only be read by machines.
    comments: { annotation: true, jsdoc: false, legal: true },
    codeSplitting: {
      includeDependenciesRecursively: false,
      // Dependencies apart from our code and from each other, because most runs need few of them.
      groups: [
        {
          name: "vendor-undici",
          test: /undici-proxy-agent|node_modules[\\/](undici|tunnel|@actions[\\/]http-client)[\\/]/,
        },
        { name: "vendor-actions-exec", test: /node_modules[\\/]@actions[\\/](exec|io)[\\/]/ },
        { name: "vendor-actions-core", test: /node_modules[\\/]@actions[\\/]core[\\/]/ },
        { name: "vendor-semver", test: /node_modules[\\/]semver[\\/]/ },
        { name: "vendor-tool-cache", test: /node_modules[\\/]@actions[\\/]tool-cache[\\/]/ },
        { name: "vendor-tar-stream", test: /node_modules/ },
        {
          name: "registry",
          test: /src[\\/](registry[\\/](?!trust|url|docker-config)|oci[\\/]manifest|steps[\\/]registry-client)/,
        },
        // What is loaded with the work of a step must not end up with what every entrypoint loads.
        { name: "facts", test: /src[\\/](host[\\/]facts|git\.ts)/ },
        {
          name: "tags",
          test: /src[\\/](tags[\\/](?!spec|rule|template|flavor|date-format)|steps[\\/]targets)/,
        },
        {
          name: "build-work",
          test: /src[\\/](steps[\\/]build[\\/](?!inputs|step|builder|platform-line|platform-tags|pushing)|report[\\/]progress[\\/](?!pinned-lines|width))/,
        },
        { name: "oci", test: /src[\\/]oci[\\/]/ },
        {
          name: "shared",
          test: /src[\\/]\w+[\\/]|src[\\/][\w-]+\.ts|package\.json/,
          minShareCount: 2,
        },
      ],
    },
  },
});
