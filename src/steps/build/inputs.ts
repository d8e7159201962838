import type { InputTable } from "../../inputs/field.ts";
import { list, text } from "../../inputs/field.ts";
import { platformList, registryTrustList, repositoryList } from "../fields.ts";

export const buildInputs = {
  image: repositoryList("Repositories to push to, such as ghcr.io/someone/server. Tags come at publishing."),
  platforms: platformList("Platforms to build for; without it, the daemon's own."),
  context: text({
    description: "Folder that is sent to BuildKit as the build context.",
    fallback: ".",
    placeholder: "PATH",
  }),
  file: text({
    description: "Path of the Dockerfile.",
    placeholder: "PATH",
    defaultText: "Dockerfile in the context",
  }),
  buildArgs: list({
    description: "Build arguments, one NAME=value per line; a NAME alone is read from the environment.",
    commas: false,
    placeholder: "NAME=value",
    item: (argument) => {
      if (!/^[A-Za-z_][\w.-]*(=|$)/.test(argument)) {
        throw new Error(`${JSON.stringify(argument)} is not NAME=value`);
      }
      return argument;
    },
  }),
  target: text({ description: "Stage of the Dockerfile to build.", placeholder: "STAGE" }),
  builder: text({
    description: "Address of the BuildKit daemon.",
    placeholder: "ADDRESS",
    defaultText: "BUILDKIT_HOST, else the daemon that setup started",
    check: (value) => {
      if (!/^[a-z-]+:\/\/\S+$/.test(value)) {
        throw new Error(`${JSON.stringify(value)} is not an address such as tcp://host:1234 or unix:///path`);
      }
    },
  }),
  registries: registryTrustList(),
} satisfies InputTable;
