// What makes a one-file report more than a picture: long series can be zoomed, tables saved as CSV.
import "../shared/figure.css";
