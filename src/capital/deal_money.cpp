// Money that a vendor pays or promises on gigawatts: releases, dated payments, guarantees.
#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "capital/deal_date.hpp"
#include "capital/deal_value.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

constexpr int kQuarters = 4;  // steps a year of a guarantee's exposure

Usd discounted(Usd amount, double rate, double years) {
  return amount * std::pow(1 + rate, -std::max(0.0, years));
}

InvestmentValue::Row release_row(const Deal& deal, const InvestmentRelease& release,
                                 const std::vector<DeploymentPath>& deployments,
                                 const CalendarDate& valued_on) {
  const std::size_t at = milestone_of(milestones(deal), release.delivered);
  InvestmentValue::Row row{release.delivered, release.amount.value, 0, {}, {}};
  double days = 0, count = 0;
  for (const DeploymentPath& path : deployments) {
    if (!path.reached[at]) continue;
    ++count;
    days += days_between(valued_on, *path.reached[at]);
    row.value += discounted(row.amount, deal.discount_rate.value,
                            years_between(valued_on, *path.reached[at]));
  }
  row.value /= static_cast<double>(deployments.size());
  row.released = count / static_cast<double>(deployments.size());
  if (count > 0) row.date = add_days(valued_on, static_cast<int>(std::lround(days / count)));
  return row;
}

/// One future of a guarantee.
struct Exposure {
  Usd loss, greatest;
};

Exposure exposure_of(const Deal& deal, const DeploymentPath& path, const CalendarDate& valued_on) {
  const GuaranteeTerms& terms = *deal.guarantee;
  const std::vector<Watts> powers = milestones(deal);
  const double rate = std::log1p(deal.discount_rate.value);
  const double lambda = -std::log1p(-terms.default_rate.value);
  constexpr double kStep = 1.0 / kQuarters;
  constexpr double kLongest = 60;  // years; later exposure is worth nothing
  Exposure sum;
  for (double t = kStep / 2; t < kLongest; t += kStep) {
    double covered = 0, before = 0;  // gigawatts
    for (std::size_t i = 0; i < powers.size(); ++i) {
      const double power = std::min(powers[i] / gigawatt, terms.power.value);
      const double part = power - before;
      before = power;
      if (!path.reached[i]) continue;
      const double age = t - years_between(valued_on, *path.reached[i]);
      if (age >= 0) covered += part * std::max(0.0, 1 - age / terms.years.value);
    }
    const Usd exposed = terms.amount.value * (covered / terms.power.value);
    sum.greatest = max(sum.greatest, exposed);
    const double defaults =
        std::exp(-lambda * (t - kStep / 2)) - std::exp(-lambda * (t + kStep / 2));
    sum.loss += exposed * (1 - terms.recovery.value) * defaults * std::exp(-rate * t);
  }
  return sum;
}

}  // namespace

InvestmentValue investment_value(const Deal& deal, const std::vector<DeploymentPath>& deployments,
                                 const CalendarDate& valued_on) {
  POLYFLEET_CHECK(!deployments.empty(), "no deployment");
  InvestmentValue answer;
  Usd certain;
  for (const DatedPayment& payment : deal.payments) {
    const double years = years_between(valued_on, payment.date.value);
    const Usd value = discounted(payment.amount.value, deal.discount_rate.value, years);
    answer.rows.push_back({Watts(), payment.amount.value, 1, payment.date.value, value});
    certain += payment.amount.value;
    answer.value += value;
  }
  std::vector<double> released(deployments.size(), certain / usd);
  const std::vector<Watts> powers = milestones(deal);
  for (const InvestmentRelease& release : deal.releases) {
    answer.rows.push_back(release_row(deal, release, deployments, valued_on));
    answer.value += answer.rows.back().value;
    const std::size_t at = milestone_of(powers, release.delivered);
    for (std::size_t i = 0; i < deployments.size(); ++i)
      released[i] += deployments[i].reached[at] ? release.amount.value / usd : 0;
  }
  for (const double amount : released) answer.released += amount * usd;
  answer.released /= static_cast<double>(deployments.size());
  answer.released_spread = percentiles_of(std::move(released));
  return answer;
}

GuaranteeValue guarantee_value(const Deal& deal, const std::vector<DeploymentPath>& deployments,
                               const CalendarDate& valued_on) {
  POLYFLEET_CHECK(deal.guarantee.has_value() && !deployments.empty(), "no guarantee");
  GuaranteeValue answer;
  for (const DeploymentPath& path : deployments) {
    const Exposure exposure = exposure_of(deal, path, valued_on);
    answer.expected_loss += exposure.loss;
    answer.greatest_exposure += exposure.greatest;
  }
  answer.expected_loss /= static_cast<double>(deployments.size());
  answer.greatest_exposure /= static_cast<double>(deployments.size());
  return answer;
}

}  // namespace polyfleet
