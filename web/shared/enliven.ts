// What the page needs of figures: their style and `enliven`.
export {enliven} from "./figure";
