import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { type Filters, filtersOf, searchOf } from "./listing";

/** The filters in the address, and the way to change them; the conversation that is open stays. */
export function useFilters(): readonly [Filters, (filters: Filters) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const filters = useMemo(() => filtersOf(search), [search]);
  const change = useCallback((next: Filters) => navigate(path + searchOf(next), { replace: true }), [navigate, path]);
  return [filters, change];
}
