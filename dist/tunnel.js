export { n as proxyHeaders, r as tunnelConnector } from "./registry.js";
