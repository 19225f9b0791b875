import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useMe } from "../api/useMe";
import { SignIn } from "../account/SignIn";
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
  if (me.isPending) return <Waiting />;
  if (!me.data) return <Redirect to={`/sign-in?next=${encodeURIComponent(path + window.location.search)}`} replace />;
  return (
    <Shell me={me.data}>
      <Suspense fallback={<Waiting />}>
        <Pages />
      </Suspense>
    </Shell>
  );
}

function Waiting() {
  return (
    <Center h="60vh">
      <Loader aria-label="…" />
    </Center>
  );
}
