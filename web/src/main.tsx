// The page of `polyfleet ui`: one document, its pages by the address after "#".
import {render} from "preact";
import "../shared/figure.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/tables.css";
import "./style/layout.css";
import "./style/editor.css";
import "./style/print.css";
import {CataloguePage} from "./pages/catalogue";
import {ComparePage} from "./pages/catalogue_compare";
import {EntryPage} from "./pages/catalogue_entry";
import {FleetPage} from "./pages/fleet";
import {RunPage} from "./pages/run";
import {RunComparePage} from "./pages/run_compare";
import {RunsPage} from "./pages/runs";
import {ServePage} from "./pages/serve";
import {TrainPage} from "./pages/train";
import {ValidationPage} from "./pages/validation";
import type {Route} from "./route";
import {useRoute} from "./route";
import {Shell} from "./shell";
import {applyTheme, chosenTheme} from "./theme";

const kFirstPage = "train";

function Catalogue({path, query}: Route) {
  const entry = path[1];
  const shelf = query.get("shelf") ?? "accelerators";
  if (entry === "compare") return <ComparePage names={(query.get("names") ?? "").split(",").filter(Boolean)} shelf={shelf} />;
  return entry ? <EntryPage key={shelf + entry} id={entry} shelf={shelf} /> : <CataloguePage />;
}

function Runs({path, query}: Route) {
  const run = path[1];
  if (run === "compare") return <RunComparePage a={query.get("a") ?? ""} b={query.get("b") ?? ""} />;
  return run ? <RunPage key={run} id={run} /> : <RunsPage />;
}

function Content(route: Route) {
  switch (route.path[0] ?? kFirstPage) {
    case "catalogue":
      return <Catalogue {...route} />;
    case "train":
      return <TrainPage query={route.query} />;
    case "serve":
      return <ServePage query={route.query} />;
    case "fleet":
      return <FleetPage />;
    case "validation":
      return <ValidationPage table={route.path[1]} />;
    case "runs":
      return <Runs {...route} />;
    default:
      return (
        <p class="empty">
          There is no such page. <a href={`#/${kFirstPage}`}>Begin here.</a>
        </p>
      );
  }
}

function App() {
  const route = useRoute();
  const page = route.path[0] ?? kFirstPage;
  return (
    <Shell page={page} place={route.path.join("/")}>
      <Content {...route} />
    </Shell>
  );
}

applyTheme(chosenTheme());
const root = document.getElementById("page");
if (root) render(<App />, root);
