"""The section of docs/accuracy.md on published tuned plans against the planner's own."""
from measuring import goals
from measuring.markdown import command, percent, table

WORST = 12


def group_line(name, group):
    share = group["median_share_faster"]
    return [name, group["plans"], group["fitting"], group["planner_no_slower"],
            "-" if share is None else f"{100 * share:.2f}", percent(group["in_best_5_percent"]),
            percent(group["in_best_10_percent"]), percent(group["in_best_25_percent"]),
            "-" if share is None else f"{group['median_time_over_planner']:.3f}"]


def groups(name, document, key):
    header = [name, "plans", "fit", "planner no slower", "plans that are faster, median %", "in best 5 %, %", "in best 10 %, %",
              "in best 25 %, %", "time over planner's, median"]
    return table(header, [group_line(k, v) for k, v in sorted(document[key].items())] + [group_line("all", document["overall"])])


def standing(plan):
    error = plan["share_faster_error"]
    return f"{100 * plan['share_faster']:.1f}" + (f" ± {100 * error:.1f}" if error else "")


def worst(plans):
    fitting = sorted((p for p in plans if p["fits"] and p["planner"]), key=lambda p: -p["share_faster"])
    return table(["row", "faster plans %", "time over planner's", "published", "planner's", "the published one loses in"],
                 [[f"`{p['id']}`", standing(p), f"{p['published_predicted_s'] / p['planner_predicted_s']:.3f}", p["published"],
                   p["planner"], p["why"]] for p in fitting[:WORST]])


def too_large(plans):
    counts = {}
    for plan in plans:
        if not plan["fits"]:
            key = (plan["framework"], plan["accelerator"], plan["workload"])
            counts[key] = counts.get(key, 0) + 1
    return table(["framework", "part", "kind", "plans"], [[*key, n] for key, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))])


def plans_section(program, made):
    document = program.answer("validate", "plans")
    overall, plans = document["overall"], document["plans"]
    inside, held = document["inside"], document["planner_no_slower_inside"]
    made["published plans"] = [
        goals.Goal("planner's plan predicted no slower, of the published plans in its space", f"all {inside}", f"{held}", held == inside),
        goals.Goal("published plans among the best 5 % of those that fit", "most", f"{percent(overall['in_best_5_percent'])} %",
                   overall["in_best_5_percent"] > 0.5)]
    yield "## Published tuned plans against the planner\n"
    yield (f"{document['configurations']} distinct configurations of the sources that publish tuned plans "
           "(`validation/tuned_plans.toml`), each planned anew on the same model, devices, batch, sequence, precision and framework. "
           f"{overall['fitting']} of them fit by the memory model. The standing of a published plan is the share of all fitting plans "
           "that are predicted faster, counted out or on an unbiased sample; see [whatif.md](whatif.md). The space holds many plans that "
           "nobody would try, so the time over the planner's is the stricter figure.\n")
    yield goals.plain_table(made["published plans"])
    yield groups("source", document, "by_source")
    yield groups("vendor", document, "by_vendor")
    yield groups("kind", document, "by_workload")
    yield "Stand worst:\n"
    yield worst(plans)
    yield ("Ran, but would not fit by the memory model (so the planner never offers them):\n")
    yield too_large(plans)
    outside = [p for p in plans if p["fits"] and p["outside"]]
    if outside:
        yield "Fit, but lie outside the planner's space:\n"
        yield table(["row", "published", "why"], [[f"`{p['id']}`", p["published"], p["outside"]] for p in outside])
    yield command("polyfleet validate plans --rows plans.csv")
