export { n as checkBuild } from "./build-work.js";
