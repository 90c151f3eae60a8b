import {render} from "preact";
import "../shared/figure.css";

render(<h1>polyfleet</h1>, document.getElementById("page")!);
