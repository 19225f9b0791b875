import { Center } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useMe } from "../api/useMe";
import { SignIn } from "../account/SignIn";
import { Broken } from "./Broken";
import { type Load, LoadState } from "./LoadState";
import { Shell } from "./Shell";

const Pages = lazy(() => import("./Pages"));

/** The pages, for those who are signed in; the way in, for all others. A deep link survives it. */
export function Gate() {
  return (
    <Switch>
      <Route path="/sign-in">
        <SignIn />
      </Route>
      <Route>
        <Inside />
      </Route>
    </Switch>
  );
}

function Inside() {
  const [path] = useLocation();
  const me = useMe();
  if (me.data === undefined) return <Waiting query={me} />;
  if (!me.data) return <Redirect to={`/sign-in?next=${encodeURIComponent(path + window.location.search)}`} replace />;
  return (
    <Shell me={me.data}>
      <Broken key={path}>
        <Suspense fallback={<LoadState query={LOADING} />}>
          <Pages />
        </Suspense>
      </Broken>
    </Shell>
  );
}

/** On its way, or why there is nothing to see. */
function Waiting({ query }: { readonly query: Load }) {
  return (
    <Center mih="60vh" p="md">
      <LoadState query={query} />
    </Center>
  );
}

const LOADING: Load = { isPending: true, error: null, failureReason: null, data: undefined, refetch: () => undefined };
