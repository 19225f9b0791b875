import { useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { type Filters, filtersOf, searchOf } from "./filters";

/** The filters that the address asks for, and how to ask for others: links and reloads keep them. */
export function useFilters(): readonly [Filters, (filters: Filters) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const filters = useMemo(() => filtersOf(search), [search]);
  const change = (next: Filters): void => {
    const query = searchOf(next);
    navigate(query === "" ? path : `${path}?${query}`, { replace: true });
  };
  return [filters, change];
}
