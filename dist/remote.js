export { j as checkRemoteTls } from "./shared.js";
