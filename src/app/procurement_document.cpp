#include "app/procurement_document.hpp"

namespace polyfleet {
namespace {

constexpr Range kPower{1e3, 1e12}, kMoney{0, 1e15}, kCarbon{0, 1e18};
constexpr Range kCalendarYears{2000, 2100}, kQuarters{0, 12}, kGap{0, 0.5}, kYearlyChange{-0.9, 1};

}  // namespace

const FieldTable<StatedPurchaseOffer>& plan_offer_fields() {
  using O = StatedPurchaseOffer;
  static const FieldTable<O> fields = with_origin<O>({
      required(text_field("system", &O::system, "as the scenario's phases or pools call it")),
      text_list_field("sites", &O::sites, "where it may stand; open: every site"),
      day_field("first_delivery", &O::first_delivery, "open: the study's begin"),
      ranged_figure_field("per_quarter", &O::per_quarter, kPower,
                          "most delivered in a quarter, as provisioned; open: no limit of its own"),
      number_field("price_change", &O::price_change, kYearlyChange,
                   "of its price, a year, compound, from the study's begin"),
  });
  return fields;
}

const FieldTable<StatedDelivery>& plan_delivery_fields() {
  using D = StatedDelivery;
  static const FieldTable<D> fields = with_origin<D>({
      required(text_field("vendor", &D::vendor, "of accelerators")),
      day_field("from", &D::from, "until the vendor's next; open: the study's begin"),
      required(ranged_figure_field("per_quarter", &D::per_quarter, {0, kPower.high},
                                   "most of all its systems in a quarter, as provisioned")),
  });
  return fields;
}

const FieldTable<StatedBudget>& plan_budget_fields() {
  using B = StatedBudget;
  static const FieldTable<B> fields = with_origin<B>({
      required(integer_field("year", &B::year, kCalendarYears, "calendar year")),
      required(ranged_figure_field("most", &B::most, kMoney, "for hardware and halls of the year")),
  });
  return fields;
}

const FieldTable<StatedCarbonLimit>& plan_carbon_fields() {
  using C = StatedCarbonLimit;
  static const FieldTable<C> fields = with_origin<C>({
      required(integer_field("year", &C::year, kCalendarYears, "calendar year")),
      required(ranged_figure_field("most", &C::most, kCarbon,
                                   "emitted by electricity, location-based, without embodied")),
  });
  return fields;
}

const FieldTable<StatedBoughtShare>& plan_share_fields() {
  using S = StatedBoughtShare;
  static const FieldTable<S> fields = with_origin<S>({
      required(text_field("vendor", &S::vendor, "of accelerators")),
      number_field("least", &S::least, kAnyShare, "of the power bought over the plan"),
      number_field("most", &S::most, kAnyShare, "of the power bought over the plan"),
  });
  return fields;
}

const FieldTable<StatedFrontier>& plan_frontier_fields() {
  using F = StatedFrontier;
  static const FieldTable<F> fields = with_origin<F>({
      number_list_field("shares", &F::shares, {0.01, 1}, "largest shares of a vendor to plan with"),
      day_field("lost_from", &F::lost_from, "from which a lost vendor delivers nothing"),
  });
  return fields;
}

const FieldTable<StatedProcurement>& procurement_fields() {
  using P = StatedProcurement;
  static const FieldTable<P> fields = with_origin<P>({
      choice_field("meet", &P::meet,
                   {{"all", PlanMeets::all}, {"worthwhile", PlanMeets::worthwhile}},
                   "all demand at least cost, or as much of it as its value pays"),
      day_field("meet_from", &P::meet_from,
                "before it nothing must be met; open: when the first purchase can work"),
      choice_field("keep", &P::keep, {{"pools", PlanKeeps::pools}, {"phases", PlanKeeps::phases}},
                   "what stands beside purchases: the pools, or the scenario's phases too"),
      integer_field("quarters_to_work", &P::quarters_to_work, kQuarters,
                    "from the quarter of delivery to the first of work"),
      ranged_figure_field("block", &P::block, kPower,
                          "purchases are whole multiples of it; open: any amount"),
      number_field("gap", &P::gap, kGap, "proven share within which whole blocks are best"),
      number_field("largest_share", &P::largest_share, {0.01, 1},
                   "of any vendor, of the power bought over the plan"),
      entry_list_field("offer", &P::offers, &plan_offer_fields, "what may be bought"),
      entry_list_field("delivery", &P::deliveries, &plan_delivery_fields, "limits of vendors"),
      entry_list_field("budget", &P::budgets, &plan_budget_fields, "limits of spending"),
      entry_list_field("carbon", &P::carbon, &plan_carbon_fields, "limits of emissions"),
      entry_list_field("share", &P::shares, &plan_share_fields, "shares of vendors"),
      entry_field("frontier", &P::frontier, &plan_frontier_fields, "of diversification"),
  });
  return fields;
}

}  // namespace polyfleet
