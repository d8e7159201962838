export { t as provideImage } from "./pull2.js";
