//! A flow of another program: one type, and the engine does the rest.

use crate::support::{DESKTOP, Does, User, World};
use sso_oidc::{
    AuthFlow, Authorization, Authorizing, DeviceFlow, Engine, FlowContext, FlowError, FlowId, Grant,
    LoginRequest, Preference, Reason,
};
use std::sync::{Arc, Mutex};

/// Has a chat bot ask the user: the code goes to the bot instead of the terminal.
struct ChatFlow {
    bot: Arc<Mutex<Vec<String>>>,
    bot_is_up: bool,
}

impl AuthFlow for ChatFlow {
    fn id(&self) -> FlowId {
        FlowId::Other("chat")
    }

    fn authorize<'a>(&'a self, mut context: FlowContext<'a>, request: &'a LoginRequest) -> Authorizing<'a> {
        Box::pin(async move {
            if !self.bot_is_up {
                return Err(FlowError::Unsupported(Reason::NoDisplay));
            }
            let (client, device) = context.device_authorization(request).await?;
            self.bot.lock().expect("no panic").push(device.user_code.clone());
            Ok(Authorization { grant: Grant::DeviceCode(device), client })
        })
    }
}

fn engine(bot_is_up: bool) -> (Engine, Arc<Mutex<Vec<String>>>) {
    let bot = Arc::<Mutex<Vec<String>>>::default();
    let chat = ChatFlow { bot: Arc::clone(&bot), bot_is_up };
    (Engine::new(vec![Box::new(chat), Box::new(DeviceFlow)]), bot)
}

#[tokio::test]
async fn its_grant_is_exchanged_and_kept_by_the_engine() {
    let world = World::new();
    let (engine, bot) = engine(true);
    let mut user = User::who(Does::Nothing);
    let token = engine.login(&world.request, &DESKTOP, &world.services, &mut user).await.expect("signed in");
    assert_eq!(user.events, ["chosen chat"]);
    assert_eq!(bot.lock().expect("no panic").len(), 1);
    assert_eq!(world.store.token(), Some(token));
}

#[tokio::test]
async fn it_may_step_back_before_it_has_shown_anything() {
    let world = World::new();
    let (engine, _) = engine(false);
    let mut user = User::who(Does::Nothing);
    engine.login(&world.request, &DESKTOP, &world.services, &mut user).await.expect("signed in");
    assert_eq!(user.events[..2], ["chosen chat", "chosen device, NoDisplay"]);
}

#[tokio::test]
async fn it_can_be_asked_for_by_name() {
    let mut world = World::new();
    world.request.preference = Preference::Only(FlowId::Other("chat"));
    let mut user = User::who(Does::Nothing);
    let (engine, _) = engine(false);
    let result = engine.login(&world.request, &DESKTOP, &world.services, &mut user).await;
    assert!(matches!(result, Err(FlowError::NoFlow(Some(Reason::NoDisplay)))), "{result:?}");
}
