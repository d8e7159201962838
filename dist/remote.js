export { I as checkRemoteTls } from "./shared.js";
